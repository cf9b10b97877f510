"""A page of the console as a test reads it: its links, and the rows of its tables."""
import html
import re


def plain(text):
    """Without tags and entities."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()


def links(text):
    """{label: address}; of equal labels the last."""
    return {plain(label): html.unescape(address) for address, label in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', text, re.S)}


def rows(text):
    """The cells of the bodies of all tables, row after row; each as [text, first address in it or None]."""
    found = []
    for body in re.findall(r"<tbody>(.*?)</tbody>", text, re.S):
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S):
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
            found.append([[plain(cell), next((html.unescape(a) for a in re.findall(r'href="([^"]*)"', cell)), None)] for cell in cells])
    return found
