# SPDX-License-Identifier: Apache-2.0
"""The page of dsn-web in a browser: three widths, keyboard, screen reader, and what comes and goes.

    agents_page.py PATH_OF_dsn-agent PATH_OF_dsn-web PATH_OF_dsn-record PATH_OF_clock_ahead.so [unittest arguments]
"""

import unittest

import agents
import browser
import lan
from agents_record import Record
from agents_web import Web, setUpModule  # noqa: F401

WIDTHS = (360, 820, 1600)
MARKUP = '<img src=x onerror="document.title=1"><b>&amp;'
LONG_KEY = "greenhouse/bed7/soil_moisture_at_thirty_centimetres_of_depth"
NO_SCROLL = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# The least contrast of texts with what is behind them (WCAG 2, level AA, is 4.5).
CONTRASTS = """(() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = text => parts(text).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = of => { while (parts(getComputedStyle(of).backgroundColor)[3] === 0) of = of.parentElement;
    return getComputedStyle(of).backgroundColor; };
  return Array.from(document.querySelectorAll("td, th, a, p, h1, h2, summary span, dt, dd, label, input, button"))
    .filter(of => of.offsetParent && of.textContent.trim())
    .map(of => { const both = [light(getComputedStyle(of).color), light(behind(of))].sort((a, b) => b - a);
      return [Math.round((both[0] + 0.05) / (both[1] + 0.05) * 10) / 10, of.tagName + "." + of.className]; })
    .sort((a, b) => a[0] - b[0])[0];
})()"""


class Page(unittest.TestCase):
    def setUp(self):
        self.page = browser.Browser(self)
        self.attic, self.barn = agents.meet_on_a_lan(self, "attic", "barn")
        self.barn.set("room/temperature", 21, unit="Cel")
        self.barn.set("door", MARKUP)
        self.barn.set(LONG_KEY, 0.25, unit="/")
        self.barn.set("pump", 1, max_age_ms=1)
        self.record = Record(self, self.attic)
        self.record.start()
        lan.wait_until(lambda: self.attic.value("barn", "room/temperature") == 21, 15)
        self.record.written("room/temperature", 21)
        self.barn.set("room/temperature", 22, unit="Cel")
        self.record.written("room/temperature", 22)
        self.web = Web(self, self.attic, history=self.record.database)
        self.url = f"http://127.0.0.1:{self.web.port}/"
        lan.wait_until(lambda: self.web.ask("GET", "/health")[0] == 200, 15, "dsn-web has the agent")

    def open(self, **size):
        self.page.open(self.url, **size)
        self.page.wait("document.querySelectorAll('#nodes details').length === 2")
        self.page.wait("document.body.innerText.includes('22 °C')")

    def open_barn(self):
        barn = self.attic.nodes()["barn"]["node_id"]
        self.page.click(f"#nodes a[href='#{barn}']",
                        "document.querySelector('#node h2').textContent === 'barn'")

    def tearDown(self):
        self.assertEqual(self.page.problems, [])
        for url in self.page.requests:
            self.assertTrue(url.startswith((self.url, "about:", "data:")), url)

    def test_fits_in_three_widths(self):
        for width in WIDTHS:
            with self.subTest(width=width):
                self.open(width=width)
                self.assertTrue(self.page.evaluate(NO_SCROLL))
                self.page.wait("document.querySelector('#bad').innerText.includes('pump')")
                self.open_barn()
                self.page.wait("!document.querySelector('#spans').hidden")
                self.assertTrue(self.page.evaluate(NO_SCROLL))
                self.page.click("#node p a",
                                "document.querySelector('#node').hidden")

    def test_charts_of_days(self):
        self.open()
        self.open_barn()
        self.page.wait("document.querySelector('#spans').innerText.includes('Week')")
        self.page.click("#spans button:nth-child(3)",
                        "document.querySelector('#spans [aria-pressed=true]').textContent === 'Week'")
        self.page.wait("document.querySelectorAll('#charts canvas').length > 0")
        self.assertEqual(self.page.evaluate("document.querySelector('#charts h3').textContent"),
                         "room/temperature in °C")
        self.assertTrue(self.page.evaluate(NO_SCROLL))

    def test_is_used_by_keyboard(self):
        self.open()
        self.page.tab_to("at.type === 'search'")
        self.page.type("room/")
        self.page.wait("!document.querySelector('#nodes').innerText.includes('door')")
        self.page.tab_to("at.tagName === 'SUMMARY'")
        self.page.press("Enter")
        self.page.tab_to("at.tagName === 'A' && at.textContent === 'barn'")
        self.page.press("Enter")
        self.page.wait("document.querySelector('#node h2').textContent === 'barn'")
        self.page.wait("!document.querySelector('#spans').hidden")
        self.page.tab_to("at.textContent === 'Day'")
        self.page.press(" ")
        self.page.wait("document.querySelector('#spans [aria-pressed=true]').textContent === 'Day'")
        outline = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        self.assertEqual(outline, "solid", "one sees where the focus is")

    def test_screen_readers_have_a_name_for_each_control(self):
        self.open()
        self.assertIn(("searchbox", "Search"), self.page.controls())
        self.assertEqual(self.page.evaluate("document.documentElement.lang"), "en")
        self.open_barn()
        self.page.wait("!document.querySelector('#spans').hidden")
        self.page.click("#spans button:nth-child(2)",
                        "document.querySelectorAll('#charts canvas').length > 0")
        controls = self.page.controls()
        self.assertIn(("button", "Day"), controls)
        self.assertEqual([role for role, name in controls if not name.strip()], [])
        self.assertTrue([name for role, name in controls if "Chart of room/temperature" == name], controls)

    def test_can_be_read_in_light_and_dark(self):
        for scheme in ("light", "dark"):
            self.page.call("Emulation.setEmulatedMedia",
                           features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.open()
            contrast, where = self.page.evaluate(CONTRASTS)
            self.assertGreaterEqual(contrast, 4.5, f"{scheme}: {where}")

    def test_texts_of_others_are_no_markup(self):
        self.open()
        self.page.wait(f"document.querySelector('#nodes').innerText.includes({MARKUP!r})")
        self.open_barn()
        self.page.wait(f"document.querySelector('#node').innerText.includes({MARKUP!r})")
        self.assertEqual(self.page.evaluate("document.querySelectorAll('main img, main b').length"), 0)

    def test_says_when_the_agent_or_dsn_web_is_away(self):
        self.open()
        self.attic.terminate()
        self.page.wait("document.querySelector('#problem').innerText.startsWith('Not live for')")
        self.assertTrue(self.page.evaluate("document.title").startswith("! "))
        self.attic.start()
        self.page.wait("document.querySelector('#problem').hidden")
        self.web.end()
        self.page.wait("document.querySelector('#problem').innerText.includes('dsn-web does not answer')")
        Web(self, self.attic, port=self.web.port)
        self.page.wait("document.querySelector('#problem').hidden")
        self.barn.set("room/temperature", 23, unit="Cel")
        self.page.wait("document.body.innerText.includes('23 °C')")


if __name__ == "__main__":
    agents.main("AGENT", "WEB", "RECORD", "CLOCK_AHEAD", side_by_side=True)
