"""A page with live cells in a real browser: its buttons, its editors, what it says."""

from browsing import PATIENCE

STATE = """number => {
  const box = document.getElementById(`live-cell-${number}`).closest("div.cell");
  const text = part => box.querySelector(part)?.textContent ?? "";
  return { button: text(".live-tools button"), status: text(".live-status"),
           output: text(".live-output"), state: box.dataset.live };
}"""


class Live:
    """A page with live cells, and what it asked for and complained of."""

    def __init__(self, browser, address):
        self.asked, self.complaints = [], []
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(address)

    def _heard(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def outside(self):
        return [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]

    def cell(self, text):
        """The number of the first cell whose code has this text, once it has its buttons."""
        find = """text => {
          const codes = [...document.querySelectorAll("div.cell.live .cell_input pre")];
          const box = codes.find(pre => pre.textContent.includes(text)).closest("div.cell");
          return Number(box.querySelector(".live-announced").id.split("-").pop()); }"""
        return self.page.evaluate(find, text)

    def tools(self, number):
        return self.page.locator(f".live-tools:has(#live-cell-{number})")

    def area(self, number):
        box = self.page.locator(f"div.cell:has(#live-cell-{number})")
        return box.locator("textarea")

    def press(self, number, label="Run"):
        self.tools(number).get_by_role("button", name=label, exact=True).dispatch_event("click")

    def edit(self, number, source):
        if not self.area(number).count():
            self.press(number, "Edit")
        self.area(number).fill(source)

    def state(self, number):
        return self.page.evaluate(STATE, number)

    def finished(self, number):
        """Wait until a cell has run; return what it says."""
        over = f"n => {{ const now = ({STATE})(n); return now.button === 'Run' && now.status; }}"
        self.page.wait_for_function(over, arg=number)
        return self.state(number)

    def run(self, number, source=None):
        if source is not None:
            self.edit(number, source)
        self.press(number)
        return self.finished(number)
