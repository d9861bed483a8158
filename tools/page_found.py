"""A Sphinx extension: what search engines, social networks and lost readers see of the book.

Each page gets a title, a description and a card.  What needs the address at which the book is
published appears once `html: baseurl:` in `_config.yml` has it: canonical addresses, a sitemap
and absolute addresses of cards.  What needs the repository appears once `repository_url:` has
it: links to edit a page, to report a problem and to run it elsewhere.
"""

import re
from html import escape
from pathlib import Path
from shutil import copyfile
from urllib.parse import quote, urljoin

from docutils import nodes

from tools import page_cards, page_head, page_terms

PROMISE = "each chapter answers one question by an experiment that runs on a laptop."

LENGTH = 200
"""Characters of a description; search engines cut it there."""


def shorten(text, length=LENGTH):
    """Return the sentences of a text that fit, or as many words of the first as do."""
    text = " ".join(text.split())
    if len(text) <= length:
        return text
    ends = [m.start() + 1 for m in re.finditer(r"[.?!](?= )", text) if m.start() < length]
    if ends:
        return text[: ends[-1]]
    return text[:length].rpartition(" ")[0].rstrip(",;:") + " …"


def first_words(doctree):
    """Return the first paragraph of a page as plain text."""
    texts = map(page_terms.plain, doctree.findall(nodes.paragraph))
    return next(filter(None, texts), "")


def describe(app, page):
    """Return the title of a page in its tab, its description, and its chapter if it is one."""
    name = app.config.html_title
    if page == app.config.root_doc:
        subtitle = app.env.metadata[page].get("subtitle", page_cards.QUESTION)
        return f"{name}: {subtitle}", f"{page_cards.SUBTITLE}: {PROMISE}", None
    title = app.env.titles[page].astext()
    if page_head.is_chapter(page):
        chapter = page_head.read_chapter(app.srcdir, page)
        return f"{chapter.number}. {title} — {name}", f"{title} {chapter.plain_answer}", chapter
    return f"{title} — {name}", shorten(first_words(app.env.get_doctree(page))), None


def tags(app, page, title, description, chapter, to_root):
    """Return what the head of a page says about it, in HTML."""
    base = app.config.html_baseurl
    card = f"_static/{page_cards.card_name(chapter)}"
    width, height = page_cards.CARD
    facts = {
        "og:type": "article" if chapter else "website",
        "og:site_name": app.config.html_title,
        "og:title": chapter.question if chapter else title,
        "og:description": description,
        "og:image": urljoin(base, card) if base else to_root + card,
        "og:image:width": width,
        "og:image:height": height,
        "og:image:alt": description,
    }
    if base:
        facts["og:url"] = urljoin(base, app.builder.get_target_uri(page))
    lines = [f'<meta name="description" content="{escape(description)}" />']
    lines += [f'<meta property="{k}" content="{escape(str(v))}" />' for k, v in facts.items()]
    lines.append('<meta name="twitter:card" content="summary_large_image" />')
    return "\n".join(lines)


def icons(to_root):
    sizes = ('icon" sizes="32x32', "favicon-32.png"), ("apple-touch-icon", "apple-touch-icon.png")
    return "".join(f'<link rel="{rel}" href="{to_root}_static/{file}" />\n' for rel, file in sizes)


def repository_links(app, page):
    """Return what leads from a page to its source and to where it runs, as texts and addresses."""
    options = app.config.html_theme_options
    url = options.get("repository_url", "").rstrip("/")
    source = Path(app.env.doc2path(page)).relative_to(app.srcdir).as_posix()
    if not url:
        return []
    branch = options.get("repository_branch") or "main"
    links = [
        ("Edit this page", f"{url}/edit/{branch}/{source}"),
        ("Report a problem", f"{url}/issues/new?title={quote(f'On {source}: ')}"),
    ]
    github = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", url)
    if github and source.endswith(".ipynb"):
        there = f"{github[1]}/{branch}?urlpath={quote(f'lab/tree/{source}', safe='')}"
        links.append(("Run on Binder", f"https://mybinder.org/v2/gh/{there}"))
    return links


def add_to_page(app, page, template, context, doctree):
    """Give a page its title, its tags and its links."""
    to_root = context["content_root"]
    lines = [context.get("metatags", "")]
    if page in app.env.found_docs:
        title, description, chapter = describe(app, page)
        lines.append(tags(app, page, title, description, chapter, to_root))
        context["repository_links"] = repository_links(app, page)
    else:
        title = f"{context.get('title') or 'Search'} — {app.config.html_title}"
        lines.append('<meta name="robots" content="noindex" />')
        context["base"] = app.config.html_baseurl if page == "404" else ""
    context["tab_title"] = title
    context["metatags"] = "\n".join([*lines, icons(to_root)])


def add_404(app):
    yield "404", {"title": "There is no such page"}, "404.html"


def sitemap(base, addresses):
    """Return a sitemap of some pages, as XML."""
    items = "".join(f"  <url><loc>{escape(urljoin(base, a))}</loc></url>\n" for a in addresses)
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    start = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="{schema}">\n'
    return f"{start}{items}</urlset>\n"


def finish(app, error):
    """Write the sitemap, and put the front page where a folder is opened."""
    if error or app.builder.name != "html":
        return
    out, root = Path(app.outdir), app.builder.get_target_uri(app.config.root_doc)
    if root != "index.html":
        copyfile(out / root, out / "index.html")
    base = app.config.html_baseurl
    if base:
        addresses = [app.builder.get_target_uri(page) for page in sorted(app.env.found_docs)]
        (out / "sitemap.xml").write_text(sitemap(base, addresses), encoding="utf-8")


def setup(app):
    app.connect("html-page-context", add_to_page)
    app.connect("html-collect-pages", add_404)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
