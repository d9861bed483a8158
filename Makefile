# Needs Python 3.11 to 3.14 with venv, make and git. Everything else goes into .venv.

usable  = -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
try     = $(shell $(1) $(usable) && echo $(1))
PYTHONS = python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(or $(firstword $(foreach python,$(PYTHONS),$(call try,$(python)))),python3)
RUN     = .venv/bin/python -m
NB     ?= $(wildcard chapters/*.ipynb solutions/*.ipynb reference/*.ipynb)
PAGES   = $(wildcard *.md *.yml *.bib chapters/* solutions/* reference/* results/* web/* web/*/* demos/* demos/*/* tools/*.py)
CODE    = $(shell find rnnlib -name '*.py')
TABLES  = names memory_tasks one_number counting cells half_lives reber_rates sentences forgeries words \
          shapes keyhole dictionary translation blues batch_size parity

# Two processes at a time, each with one thread of OpenBLAS: a second one only gets in the way.
TWO     = -n 2 --dist loadfile
ONE     = OPENBLAS_NUM_THREADS=1

.PHONY: help book live pdf epub course slides test quick lint format unit nbval notebooks results \
        bench serve package assignment check release collect grade alike clean

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 12

book: _build/done  ## build the book, warnings are errors: _build/html/index.html

live: book  ## add Python to the built book, so that its pages run their cells without a network
	$(RUN) tools.live

pdf: book  ## print the book, in Chromium: _build/naming-dinosaurs.pdf; SOLUTIONS=1 adds the solutions
	$(RUN) tools.pdf $(if $(SOLUTIONS),--solutions)

epub: book  ## write the book for e-readers: _build/naming-dinosaurs.epub; SOLUTIONS=1 adds the solutions
	$(RUN) tools.epub $(if $(SOLUTIONS),--solutions)

course: .venv/done  ## build the book without solutions: _build/course/index.html
	$(RUN) tools.course

slides: .venv/done  ## six sessions as slides, made from the chapters: _build/slides/1.html
	$(RUN) tools.slides

test: lint  ## everything that must hold: lint, book, unit and nbval
	@$(MAKE) --no-print-directory -j 2 live nbval  # building takes one core
	@$(MAKE) --no-print-directory unit

quick: .venv/done  ## half a minute: lint what changed, test what is nearest to it, check the gradients
	@$(ONE) $(RUN) tools.quick

lint: .venv/done  ## ruff over code and notebooks, codespell over prose, notebooks up to date
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) codespell_lib
	$(RUN) tools.notebooks --check $(NB)

format: .venv/done  ## put code and notebooks into the form that lint wants, without executing any
	$(RUN) ruff check --quiet --select I --fix --extend-exclude '*.ipynb'
	$(RUN) ruff format --quiet --extend-exclude '*.ipynb'
	$(RUN) tools.notebooks --normalise $(NB)

unit: .venv/done live  ## pytest with coverage of rnnlib, the built pages in a real browser
	$(ONE) $(RUN) pytest --cov $(TWO) --no-loadscope-reorder

nbval: .venv/done  ## re-run notebooks and compare their outputs; NB=chapters/07_clipping.ipynb selects
	$(RUN) tools.nbval $(TWO) $(NB)

notebooks: .venv/done  ## execute notebooks in place and normalise them; NB=… selects
	$(RUN) tools.notebooks $(NB)

results: .venv/done  ## make the tables of results/ again, which takes some hours
	for table in $(TABLES); do .venv/bin/python experiments/$$table.py || exit; done

bench: .venv/done  ## time rnnlib against PyTorch, and two processes against one, on a quiet machine; needs pip install -e '.[torch]'
	.venv/bin/python experiments/speed.py
	.venv/bin/python experiments/scaling.py

serve: book  ## show the book at http://localhost:8000
	$(RUN) tools.serve

package: .venv/done  ## build wheel and sdist, and try both in an empty environment: _build/package
	$(RUN) tools.package

assignment: .venv/done  ## a clean copy of an assignment for a student: NAME=03_cell
	$(RUN) classroom assignment $(NAME) $(TO)

check: .venv/done  ## what passes, before handing in: NB=03_cell/03_cell.ipynb
	$(RUN) classroom check $(NB)

release: .venv/done  ## what students get, in course/release; NAME=03_cell selects
	$(RUN) classroom release $(NAME)

collect: .venv/done  ## take what students handed in: FROM=downloads.zip, or a folder
	$(RUN) classroom collect $(FROM)

grade: .venv/done  ## grade in a sandbox, with feedback and course/scores.csv; NAME=03_cell selects
	$(RUN) classroom grade $(NAME)

alike: .venv/done  ## which submissions are alike, a hint and no proof: NAME=03_cell
	$(RUN) classroom alike $(NAME)

clean:  ## remove everything that is made, .venv included
	rm -rf .venv _build .coverage .pytest_cache .ruff_cache .hypothesis

# Stamps are written last, so that what was interrupted does not count as done.
.venv/done: pyproject.toml constraints.txt
	@"$(PYTHON)" $(usable) || { echo 'Please install Python 3.11 to 3.14 with venv (Debian, Ubuntu: apt install python3-venv), or name one: PYTHON=python3.12 make' >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	@echo "Installing into .venv, which takes a minute or two"
	$(RUN) pip install -qq -c constraints.txt -e '.[book,test,classroom]'
	@touch $@

_build/done: .venv/done $(PAGES) $(CODE)
	rm -rf _build
	.venv/bin/jupyter-book build --quiet -W --keep-going .
	@touch $@
