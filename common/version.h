/* The version all programs tell. */
#ifndef SYNCLINE_VERSION_H
#define SYNCLINE_VERSION_H

#define SYNCLINE_VERSION "0.1.0"

#endif
