"""The pictures of docs/images: three accounts, of which one is being synced, a library with covers, and a phone."""
import hashlib
import re
import shutil
import time

import flavours
import stack
from browser import Browser
from console import Console
from pipeline import Pipeline
from simulator import Simulator

FOLDER = stack.ROOT / "docs" / "images"
MOST_BYTES = 150_000
COVER = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10" fill="hsl({0},45%,42%)"/>'
         '<circle cx="{1}" cy="{2}" r="4" fill="hsl({3},55%,65%)"/></svg>')


def cover(route):
    """The simulated provider's covers have addresses, but there is no server of pictures: each is drawn from its address."""
    a, b, c, d = hashlib.sha256(route.request.url.encode()).digest()[:4]
    route.fulfill(content_type="image/svg+xml", body=COVER.format(a * 360 // 256, b % 10, c % 10, d * 360 // 256))


class Studio:
    """An installation with libraries of three providers."""

    def __init__(self):
        self.pipeline = Pipeline("pictures")
        self.servers = []
        self.pipeline.start_all()
        for name, flavour, tracks in (("anna", flavours.Spotify("spotify"), 2400), ("living-room", flavours.Jellyfin("jellyfin"), 5200)):
            self.add(name, flavour, tracks)
            self.pipeline.sync(name)
        self.add("home", flavours.Flavour("navidrome"), 48000)
        self.console = Console(self.pipeline).await_ready()
        self.browser = Browser()

    def add(self, name, flavour, tracks):
        server = Simulator(self.pipeline.log(f"simulator-{name}"), tracks, flavour.flags, **flavour.options())
        self.servers.append(server)
        flavour.add_account(self.pipeline, server, name, "anna")

    def window(self, size, colours, height):
        window = self.browser.window(size, colours, device_scale_factor=1.25)
        window.page.set_viewport_size({"width": window.page.viewport_size["width"], "height": height})
        window.page.route(re.compile("^https://"), cover)
        return window.page

    def take(self, page, name):
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.png"
        page.wait_for_load_state("networkidle") if "library" in page.url else page.wait_for_timeout(600)
        page.screenshot(path=path, animations="disabled")
        bytes_ = path.stat().st_size
        print(f"{path.relative_to(stack.ROOT)}: {bytes_ // 1000} kB")
        assert bytes_ < MOST_BYTES, f"{path} is larger than {MOST_BYTES} bytes"

    def close(self):
        self.browser.close()
        self.console.end()
        for server in self.servers:
            server.stop()
        self.pipeline.close()
        shutil.rmtree(self.pipeline.folder)


def await_page(page, address, condition):
    """Loads it until the condition holds."""
    deadline = time.monotonic() + 90
    page.goto(address)
    while not condition(page):
        assert time.monotonic() < deadline, f"{address} never came to look as it should"
        page.wait_for_timeout(300)
        page.goto(address)


def main():
    studio = Studio()
    try:
        desk, phone = studio.window("desktop", "light", 620), studio.window("phone", "dark", 700)
        await_page(desk, studio.console.url + "/library/anna/albums", lambda page: page.locator("table.items img").count() > 20)
        desk.get_by_role("navigation", name="Letters").get_by_role("link").nth(4).click()
        studio.take(desk, "library")
        studio.servers[-1].slow(300)
        sync = studio.pipeline.enqueue("home")
        desk.goto(studio.console.url + "/")
        phone.goto(studio.console.url + f"/syncs/{sync}")
        desk.wait_for_function("() => [...document.querySelectorAll('.doing progress')].some(bar => bar.position > .4)", timeout=90000)
        desk.set_viewport_size({"width": 1280, "height": 500})
        studio.take(desk, "overview")
        studio.take(phone, "phone")
    finally:
        studio.close()


if __name__ == "__main__":
    main()
