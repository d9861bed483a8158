"""Two pages as Sphinx builds them, small enough to be printed in a test."""

from helpers import ROOT

FIGURE = (
    '<svg class="fig wide" viewBox="0 0 300 200" role="img" aria-label="a line that falls">'
    '<defs><clipPath id="f1-w-p1"><rect x="0" y="0" width="300" height="200"/></clipPath></defs>'
    '<path d="M 0 0 L 300 200" clip-path="url(#f1-w-p1)" style="stroke: var(--blame, #ad4a0b)"/>'
    '<text x="20" y="50" style="fill:var(--ink)">falling</text></svg>'
    '<svg class="fig narrow" viewBox="0 0 200 200" role="img" aria-label="a line that falls">'
    "<text>for a phone</text></svg>"
)
LONG_LINE = "print(" + "+".join(f"number_{n}" for n in range(40)) + ")"
ONE = f"""
<div class="part-opening"><p class="part-name">Part I</p>
<p>Counts and <a href="#one">states</a>.</p></div>
<p class="part-label"><span>Part I</span><span>Chapter 1</span><span class="meta">
<span class="level" role="img" aria-label="level 1 of 3"><i></i></span></span></p>
<h1><span class="section-number">1. </span>What is <em>one</em>?
<a class="headerlink" href="#one">#</a></h1>
<p>More is in <a href="02_counting.html#second"><span>chapter 2</span></a>,
and in <a href="../reference/nn.html">the package</a>. Here is
<span class="math notranslate nohighlight">\\(x_1 &lt; y\\)</span>, and</p>
<div class="math notranslate nohighlight" id="equation-eq-one"><span class="eqno">(1.1)</span>\\[
E = \\sum_t h_t^2\\]</div>
<div class="cell tag_hide-input docutils container">
<details class="hide"><summary><span>Code for figure 1.1</span></summary>
<div class="cell_input docutils container"><div class="highlight"><pre>{LONG_LINE}</pre></div></div>
</details>
<div class="cell_output docutils container"><figure class="align-default" id="fig-one">{FIGURE}
<figcaption><p>It falls.</p></figcaption></figure></div></div>
<div class="cell"><div class="cell_input"><pre>rl.demo("fall")</pre></div>
<div class="cell_output"><div class="demo" data-demo="fall"><button>Fall</button></div></div></div>
<section id="check-yourself"><h2>Check yourself</h2>
<p><strong>1.</strong> Why?</p>
<details class="sd-dropdown"><summary>Answer</summary><div><p>Because of 1.</p></div></details>
</section>
<section id="exercises"><h2>Exercises</h2>
<div class="exercise admonition" id="ex-one"><p class="admonition-title">Exercise 1.1</p><section>
<p>Count.</p>
<p class="to-solution"><a href="../solutions/01_sequences.html#solution-ex-one">Solution</a></p>
</section></div></section>
"""
TWO = """
<h1><span class="section-number">2. </span>And two?</h1>
<section id="second"><h2>Second</h2>
<p>Back to <a href="01_sequences.html">chapter 1</a>.</p></section>
"""
PAGES = {"chapters/01_sequences": ONE, "chapters/02_counting": TWO}
PAGE = """<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8">
<link rel="stylesheet" href="{web}/book.css"><link rel="stylesheet" href="{web}/print.css">
</head><body><article class="bd-article"><section id="top">{body}</section></article></body></html>
"""


def write(folder, **changes):
    """Write the pages into a folder as if they had been built there; return the folder."""
    for page, body in (PAGES | changes).items():
        path = folder / f"{page}.html"
        path.parent.mkdir(exist_ok=True)
        web = (ROOT / "web").as_uri()
        path.write_text(PAGE.format(web=web, body=body), encoding="utf-8")
    return folder
