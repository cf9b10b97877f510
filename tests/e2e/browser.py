"""Chromium, driven by Playwright (both: compose/install test): windows that note what no page may do, whatever a test is about:
log an error, break the policy that it came with, ask for what is not there. axe judges a page as it stands."""
import pathlib
import shutil
import sys

import stack

TOOLS = pathlib.Path(stack.SETTINGS["PYTHON_TOOLS"])
sys.path.append(str(TOOLS))
from axe_playwright_python.sync_playwright import Axe  # noqa: E402  (from the folder that was just added)
from playwright.sync_api import sync_playwright  # noqa: E402

# What people look at it with: a window's size and the colours that they prefer.
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
COLOURS = ("light", "dark")
LOOKS = [(size, colours) for size in SIZES for colours in COLOURS]

# By what an element is known, also after a live part was renewed.
NAME = """one => [one.tagName, one.getAttribute('href') || one.getAttribute('name') || one.getAttribute('aria-label') || '',
                   one.textContent.trim().slice(0, 40)].join(' ')"""
# Whatever the Tab key must come to.
REACHABLE = f"""() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])')]
  .filter(one => !one.disabled && one.getClientRects().length && !one.closest('details:not([open]) > :not(summary)')).map({NAME})"""
# The one that has it: its name, and whether people see where they are; null at the page's end.
FOCUSED = f"""() => {{
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const seen = box.width > 0 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return {{name: ({NAME})(one), seen: seen && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2}};
}}"""
# Elements that reach out of the window, unless something around them scrolls by itself.
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll'))
    .map(one => one.outerHTML.slice(0, 160)).concat('the page')"""


class Browser:
    def __init__(self):
        program = shutil.which("chromium")
        assert program, "there is no Chromium: compose/install test"
        self.driver = sync_playwright().start()
        self.chromium = self.driver.chromium.launch(executable_path=program)

    def window(self, size="desktop", colours="light", scripts=True, **options):
        """A window of a person of its own: no cookies yet."""
        return Window(self.chromium.new_context(viewport=SIZES[size], color_scheme=colours, java_script_enabled=scripts,
                                                reduced_motion="reduce", **options))

    def close(self):
        self.chromium.close()
        self.driver.stop()


class Window:
    def __init__(self, context):
        self.context = context
        self.page = context.new_page()
        self.page.set_default_timeout(15000)
        self.troubles = []
        self.page.on("console", lambda said: said.type == "error" and self.troubles.append(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("response", lambda answer: answer.status >= 400 and self.troubles.append(f"{answer.status}: {answer.url}"))
        self.page.on("requestfailed", self.note_failure)

    def note_failure(self, request):
        if request.failure != "net::ERR_ABORTED":  # who leaves a page leaves its stream
            self.troubles.append(f"{request.failure}: {request.url}")

    def look(self, size, colours):
        """The same page, as somebody else would see it."""
        self.page.set_viewport_size(SIZES[size])
        self.page.emulate_media(color_scheme=colours)

    def too_wide(self):
        """What reaches out of the window; [] is as it should be."""
        return self.page.evaluate(TOO_WIDE)

    def findings(self):
        """What axe calls serious or critical: "rule: help, at: element"."""
        violations = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {rule['help']}, at: {node['html'][:200]}" for rule in violations
                if rule["impact"] in ("serious", "critical") for node in rule["nodes"][:3]]

    def tab_through(self):
        """(elements that Tab does not come to, elements that do not show that they have the focus)."""
        wanted, unseen = self.page.evaluate(REACHABLE), []
        missed = set(wanted)
        self.page.evaluate("() => document.activeElement.blur()")
        for _ in range(len(wanted) + 2):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if not focused:
                break
            missed.discard(focused["name"])
            if not focused["seen"]:
                unseen.append(focused["name"])
        return sorted(missed), unseen

    def close(self):
        self.context.close()
