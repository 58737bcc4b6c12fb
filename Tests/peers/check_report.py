"""Loads reports in headless Chromium, over file://, and checks what a reader would notice.

usage: python Tests/peers/check_report.py [--pictures FOLDER] PAGE.html …

For each page: no message of the browser, no request beyond the file, an accessible name for every picture, no sideways
scrolling at 390 pixels, text that stands out from its ground in light and in dark, MathML that takes room. With
--pictures the page is also photographed: light, dark, 390 pixels wide, and printed to PDF. Needs chromium and
chromedriver, and nothing of Python but its own library: the driver speaks JSON over HTTP (W3C WebDriver).
"""
import argparse
import base64
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# The least contrast of text by WCAG 2.2, 1.4.3.
LEAST_CONTRAST = 4.5
NARROW = 390

OPEN_ALL = "document.querySelectorAll('details').forEach(part => { part.open = true })"

# Every run of text whose colour is too near to what lies behind it. Grounds are colours of ancestors, one over the
# other; inside a picture also the rectangles of the same picture that hold the middle of the text.
CONTRASTS = """
  const least = arguments[0]
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  function channels(colour) {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  function over(top, ground, opacity) {
    const a = top[3] * opacity
    return [0, 1, 2].map(i => top[i] * a + ground[i] * (1 - a)).concat([1])
  }
  function luminance(colour) {
    const [r, g, b] = colour.slice(0, 3).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  function ground(element) {
    const grounds = []
    for (let at = element; at; at = at.parentElement) grounds.unshift(channels(getComputedStyle(at).backgroundColor))
    return grounds.reduce((below, colour) => over(colour, below, 1), [255, 255, 255, 1])
  }
  const bad = []
  let count = 0
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement
    if (!walker.currentNode.nodeValue.trim() || element.closest('title, style')) continue
    const box = element.getBoundingClientRect()
    if (!box.width || !box.height) continue
    const style = getComputedStyle(element)
    const picture = element.closest('svg')
    let below = ground(picture ? picture.parentElement : element)
    if (picture) {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
      for (const rect of picture.querySelectorAll('rect')) {
        const area = rect.getBoundingClientRect()
        if (x < area.left || x > area.right || y < area.top || y > area.bottom) continue
        const look = getComputedStyle(rect)
        below = over(channels(look.fill), below, look.fillOpacity * look.opacity)
      }
    }
    const colour = over(channels(picture ? style.fill : style.color), below, style.opacity)
    const [high, low] = [luminance(colour), luminance(below)].sort((a, b) => b - a)
    const contrast = (high + 0.05) / (low + 0.05)
    count += 1
    if (contrast < least) bad.push(`${contrast.toFixed(2)} ${walker.currentNode.nodeValue.trim().slice(0, 40)}`)
  }
  return [count, bad]
"""

MATHS = """
  return [...document.querySelectorAll('math')].map(math => {
    const box = math.getBoundingClientRect()
    const fraction = math.querySelector('mfrac')
    const token = math.querySelector('mi, mn')
    return [box.width, box.height, getComputedStyle(math).display,
      fraction ? fraction.getBoundingClientRect().height / token.getBoundingClientRect().height : null]
  })
"""


class Browser:
    """A headless Chromium behind its driver."""

    def __init__(self, port, profile):
        self.root = f"http://127.0.0.1:{port}"
        options = {
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}",
                     "--disable-dev-shm-usage"],
            "perfLoggingPrefs": {"enableNetwork": True},
        }
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        answer = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = f"/session/{answer['sessionId']}"
        self.version = answer["capabilities"]["browserVersion"]

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {json.load(error)['value']['message'].splitlines()[0]}") from None

    def ask(self, path, **body):
        return self._ask("POST", self.session + path, body)

    def devtools(self, command, **parameters):
        return self.ask("/goog/cdp/execute", cmd=command, params=parameters)

    def run(self, script, *arguments):
        return self.ask("/execute/sync", script=script, args=list(arguments))

    def log(self, kind):
        return self.ask("/se/log", type=kind)

    def look(self, width, scheme):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def photograph(self, file):
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def print(self, file):
        page = self.devtools("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        file.write_bytes(base64.b64decode(page["data"]))

    def close(self):
        with contextlib.suppress(Exception):
            self._ask("DELETE", self.session)


@contextlib.contextmanager
def browser():
    driver = shutil.which("chromedriver")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        opened = None
        try:
            port = None
            for line in process.stdout:
                if "started successfully on port" in line:
                    port = int(line.rstrip(".\n").rsplit(" ", 1)[1])
                    break
            assert port, "chromedriver did not start"
            opened = Browser(port, profile)
            yield opened
        finally:
            if opened:
                opened.close()
            process.terminate()
            process.wait(timeout=20)


def names_of_pictures(chromium):
    """Accessible names of what the browser takes for pictures, from its accessibility tree."""
    tree = chromium.devtools("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in tree
             if not node.get("ignored") and node.get("role", {}).get("value") in ("image", "img", "graphics-document")]
    return [node.get("name", {}).get("value", "") for node in found]


def check(chromium, page, pictures):
    address = page.resolve().as_uri()
    chromium.look(1100, "light")
    chromium.log("browser"), chromium.log("performance")
    chromium.ask("/url", url=address)
    time.sleep(0.2)

    requests = []
    for entry in chromium.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            requests.append(message["params"]["request"]["url"])
    assert requests == [address], f"requests beyond the file: {requests}"

    if pictures:
        chromium.photograph(pictures / f"{page.parent.name}-{page.stem}-light.png")
        chromium.print(pictures / f"{page.parent.name}-{page.stem}.pdf")
    for state in ("as it opens", "with everything opened"):
        if state != "as it opens":
            chromium.run(OPEN_ALL)
        for width in (1100, NARROW):
            chromium.look(width, "light")
            wide = chromium.run("return document.documentElement.scrollWidth")
            assert wide <= width, f"{state}: {wide} pixels across in a window of {width}"
        if pictures and state == "as it opens":
            chromium.photograph(pictures / f"{page.parent.name}-{page.stem}-narrow.png")
    texts = 0
    for scheme in ("light", "dark"):
        chromium.look(1100, scheme)
        texts, bad = chromium.run(CONTRASTS, LEAST_CONTRAST)
        assert texts > 20, f"only {texts} texts"
        assert not bad, f"{scheme}: {len(bad)} texts of little contrast: {bad[:5]}"
    if pictures:
        chromium.ask("/refresh")
        chromium.photograph(pictures / f"{page.parent.name}-{page.stem}-dark.png")
        chromium.run(OPEN_ALL)

    drawn = chromium.run("return document.querySelectorAll('svg').length")
    names = names_of_pictures(chromium)
    assert len(names) >= drawn and all(names), f"{drawn} pictures, accessible names {names}"
    for number, (width, height, display, ratio) in enumerate(chromium.run(MATHS)):
        assert width > 0 and height > 0, f"equation {number} takes no room"
        assert "math" in display, f"equation {number} is laid out as {display}"
        assert ratio is None or ratio > 1.5, f"a fraction of equation {number} is {ratio:.2f} lines high"
    maths = len(chromium.run(MATHS))

    noise = [entry for entry in chromium.log("browser") if entry["level"] in ("WARNING", "SEVERE")]
    assert not noise, f"the browser says {noise}"
    print(f"  {page.parent.name}/{page.name}: {drawn} pictures with names, {maths} pieces of MathML, {texts} texts, no request")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    with browser() as chromium:
        print(f"  Chromium {chromium.version}")
        for page in options.pages:
            check(chromium, page, options.pictures)


main()
