"""The crash points of the workers, as their source has them: so that none is forgotten."""
import re

import stack

POINT = re.compile(r'\bCRASH_POINT\("([^"]+)"\)')


def points(kind):
    """Names of the points of one worker, in the order of the source."""
    found = []
    for path in sorted((stack.ROOT / kind).glob("*.c")):
        found += POINT.findall(path.read_text(encoding="utf-8"))
    return [point for point in found if point.startswith(kind + ": ")]
