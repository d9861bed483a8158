"""Who does what, to whom and where: the sense of the sentences of chapter 19.

The selections of nouns are written as in `nouns.py`; "=" is an adjective in place of an object.
"""

from typing import NamedTuple

from .grammar import (
    ADJECTIVES_AFTER,
    ADJECTIVES_BEFORE,
    ARTICLES,
    BECOMES,
    CONTRACTIONS,
    DAYS,
    TIMES,
    VERBS,
)
from .nouns import KINDS, NOUNS, PRONOUNS, table


class Use(NamedTuple):
    """One sense of a verb; a verb has a row for each."""

    verb: str
    subjects: str
    objects: str
    within: str  # what it may happen in, on or under
    beside: str  # what it may happen near, behind, …
    when: str  # "d": yesterday or tomorrow; "t": before, after or during an event; "dt" both


class Place(NamedTuple):
    """A preposition of place, the nouns it comes before, and who may be there."""

    english: str
    french: str
    nouns: str
    who: str
    within: str = None  # "+": in, on or under


USES = table(
    Use,
    """
verb      subjects             objects                   within             beside            when
see       H                    HAT                       P                  *                 dt
see       A                    HA+egg+flower             P                  *                 dt
see       HA                   B+expedition              -                  LW                dt
see       HA                   S+storm                   O                  -                 d
watch     HA                   HA                        P                  *                 dt
watch     H                    lake+sea+river+expedition -                  LW                dt
watch     H                    boat+volcano              -                  LW                dt
watch     HA                   S+storm+snow              O                  -                 d
follow    HA                   HA                        L-cave+snow        -                 dt
follow    H+wolf               footprint+expedition      L-cave-bridge      -                 dt
follow    H                    star                      -                  -                 d
find      H                    HAT                       P                  *                 dt
find      H                    B                         -                  LW                dt
find      A                    A+egg+bone                P                  *                 dt
find      A                    water+cave+grass+river    -                  -                 dt
admire    H                    HA+flower+egg+map         P                  *                 dt
admire    H                    B                         -                  LW                dt
admire    H                    S                         O                  -                 d
draw      H                    HAT                       P                  *                 dt
draw      H                    B                         -                  LW                dt
draw      H                    S                         O                  -                 d
hear      HA                   HA-spider-turtle-lizard   P                  *                 dt
hear      HA                   storm+sea                 -                  -                 d
cross     HG+turtle+lizard     LW-water-cave-volcano     -                  -                 dt
eat       H                    egg                       P                  *                 dt
eat       wolf+dinosaur        bird+egg+frog+lizard      P                  *                 dt
eat       wolf+dinosaur        horse+turtle              P                  *                 dt
eat       dinosaur             flower+tree               -                  LW                dt
eat       G+turtle-wolf        grass+flower              O-boat             LW                dt
eat       heron+bird           frog+lizard+spider+egg    O-boat             LW+tree           dt
eat       lizard+frog          spider                    L                  LW+tree           dt
discover  H                    AT-wolf-horse-map-flower  P                  *                 dt
discover  H                    LW-bridge-water           -                  LW                dt
discover  H                    star                      -                  -                 d
protect   H                    HA+egg+flower             P                  *                 dt
protect   H                    B-desert-volcano-cave     -                  -                 dt
protect   A-G-spider-frog      egg                       P                  *                 dt
protect   dinosaur+animal      egg                       P                  *                 dt
protect   G                    H                         P                  *                 dt
lose      H                    map+bone+stone            P                  LW                dt
lose      H                    boat+tent+horse           -                  LW                dt
lose      HG                   tooth                     L                  LW                dt
hide      H                    T-footprint-flower        P                  LW+tent+tree      dt
hide      G-horse              bone+egg                  P                  LW+tree           dt
hide      H                    boat+tent                 cave+forest+valley LW                dt
choose    H                    T-footprint-tooth-bone    -                  -                 dt
choose    H                    horse+tent+boat           -                  -                 dt
choose    H                    O-desert-boat+cave        -                  -                 dt
attack    G-horse              HG+bird                   L+snow+grass       *                 dt
attack    G-horse              expedition+boat+tent      -                  LW                dt
attack    heron+bird           frog+lizard+spider        L+grass+tree       LW+tree           dt
wait      HA                   HA                        P                  *                 dt
wait      H                    boat                      beach+island       river+lake+sea    dt
wait      H                    expedition                -                  LW                dt
wait      H                    night+winter+snow         P                  -                 -
look      H                    HAT                       P                  *                 dt
look      H                    B                         -                  LW                dt
look      A                    A+egg+bone                P                  *                 dt
look      A                    water+cave+grass+river    -                  -                 dt
listen    HA                   HA-spider-turtle-lizard   P                  *                 dt
listen    H                    sea+storm                 beach+boat         -                 d
talk      H                    HA                        P                  *                 dt
obey      HG-dinosaur          king+queen                -                  -                 dt
obey      G-dinosaur           man+woman                 -                  -                 dt
dream     H                    HAB+snow+storm+star       P+moon             LW                dt
dream     H                    expedition                P+moon             -                 dt
dream     A                    W+island+forest+sun+snow  P                  LW                dt
sleep     HA                   -                         P+moon+sun         *                 dt
swim      H+A-bird-spider      -                         W                  beach+boat+bridge dt
sing      H+bird+frog          -                         P+moon             *                 dt
run       HG+lizard+spider     -                         LP-cave-tent-boat  *                 dt
dance     H                    -                         P+moon+sun         *                 dt
disappear HA                   -                         forest+desert+snow LW                dt
disappear T                    -                         -                  -                 d
disappear boat+tent+expedition -                         -                  -                 d
disappear S+island+snow        -                         -                  -                 d
shine     moon+star            -                         -                  -                 d
shine     sun+snow+W           -                         -                  -                 -
shine     stone                -                         cave               -                 -
begin     winter               -                         -                  -                 dt
begin     storm+expedition     -                         -                  -                 dt
fall      HA-spider-bird-heron -                         beach+snow+grass   -                 d
fall      egg+stone+tooth+tree -                         -                  -                 dt
fall      snow                 -                         -                  -                 -
arrive    HA+boat+expedition   -                         -                  -                 dt
arrive    storm+winter         -                         -                  -                 d
stay      HA                   -                         PW                 *                 d
come      HA+boat+expedition   -                         -                  -                 dt
leave     HA+boat+expedition   -                         -                  -                 dt
return    HA+boat+expedition   -                         -                  -                 dt
return    sun+winter+snow      -                         -                  -                 -
become    *                    =                         -                  -                 dt
be        *                    =                         -                  -                 dt
rain      I                    -                         L-cave-bridge      LW-desert         dt
freeze    I                    -                         L-cave-bridge      LW-desert         dt
freeze    W                    -                         -                  -                 dt
""",
)

PLACES = table(
    Place,
    """
english     french    nouns                                      who                       within
in          dans      forest+valley+desert+cave+grass+snow       HAI                       +
in          dans      W                                          HA-bird-spider            +
in          dans      tent                                       H                         +
on          sur       island+beach+mountain+volcano+bridge       HAI                       +
on          sur       boat                                       H                         +
under       sous      tree+bridge                                HAI                       +
under       sous      moon+sun                                   HA                        +
near        près_de   LW-island-water                            HALI+lake+river+tent+tree -
near        près_de   H+horse+wolf+dinosaur+tent+boat+tree+water HA                        -
near        près_de   river+lake+sea+beach                       boat                      -
far_from    loin_de   LW-water                                   HALI+lake+river+tent+tree -
far_from    loin_de   H+tent+boat+water                          HA                        -
far_from    loin_de   river+lake+sea+beach                       boat                      -
next_to     à_côté_de lake+river+bridge+forest+cave+volcano      HA+tent+tree              -
next_to     à_côté_de H+horse+wolf+dinosaur+tent+boat+tree       HA                        -
behind      derrière  mountain+volcano+forest                    HA                        -
behind      derrière  H+horse+tent+boat+tree+stone               HA                        -
in_front_of devant    cave+mountain+volcano+forest               HA                        -
in_front_of devant    H+horse+tent+boat+tree                     HA                        -
""",
)

PREPOSITIONS = {place.english: place.french for place in PLACES} | TIMES


def describe_grammar():
    """Return the grammar as Markdown: a table for each part of speech, and the little words."""
    parts = [
        ("Nouns", [*NOUNS.values(), *PRONOUNS.values()]),
        ("Adjectives before the noun", ADJECTIVES_BEFORE),
        ("Adjectives after the noun", ADJECTIVES_AFTER),
        ("Who may become what", BECOMES),
        ("Verbs", VERBS.values()),
        ("Who does what, and where", USES),
        ("Places", PLACES),
    ]
    kinds = ", ".join(f"{letter} {meaning}" for letter, meaning in KINDS.items())
    pages = [f"**Kinds of nouns**: {kinds}; * all; + and; - but not."]
    for title, rows in parts:
        rows = list(rows)
        lines = [
            "| " + " | ".join(word or "–" for word in row) + " |"
            for row in [rows[0]._fields, *rows]
        ]
        lines.insert(1, "|---" * len(rows[0]) + "|")
        pages.append(f"**{title}**\n\n" + "\n".join(lines))
    little = {word: " / ".join(dict.fromkeys(forms)) for word, forms in ARTICLES.items()}
    little |= PREPOSITIONS | DAYS | CONTRACTIONS
    pages.append("**Little words**: " + ", ".join(f"{a} → {b}" for a, b in little.items()) + ".")
    return "\n\n".join(pages)
