"""The nouns of chapter 19, and how to select some of them.

A selection is written in kinds, nouns or both, more with "+" and fewer with "-": "HA+boat-spider"
is people, animals and boats, but no spiders; "*" is every noun.
"""

import re
from functools import cache
from typing import NamedTuple

KINDS = {
    "H": "people",
    "A": "animals",
    "G": "large animals",
    "L": "land",
    "W": "water",
    "B": "too big to carry",
    "P": "on land, with room for someone in, on or under it",
    "O": "under the open sky",
    "T": "small things",
    "S": "in the sky",
    "E": "events and times",
    "I": "impersonal",
}


class Noun(NamedTuple):
    """A noun; without a plural it is unique or uncountable and takes "the" only."""

    english: str
    plural: str
    french: str
    pluriel: str
    gender: str
    kinds: str
    owners: str = None  # "the king's map"


def table(row, text):
    """Read one row per line below the headings; "-" is None, "_" a space.

    An indented line continues the last column.
    """
    lines = [line.split() for line in re.sub(r"\n +", "", text.strip()).splitlines()[1:]]
    return [row(*(None if w == "-" else w.replace("_", " ") for w in words)) for words in lines]


def by_english(rows):
    """Index rows by their English word."""
    return {row.english: row for row in rows}


NOUNS = by_english(
    table(
        Noun,
        """
english    plural       french       pluriel       genre kinds owners
dinosaur   dinosaurs    dinosaure    dinosaures    m     AG    -
bird       birds        oiseau       oiseaux       m     A     H
animal     animals      animal       animaux       m     AG    -
lizard     lizards      lézard       lézards       m     A     -
heron      herons       héron        hérons        m     A     -
wolf       wolves       loup         loups         m     AG    -
horse      horses       cheval       chevaux       m     AG    H
turtle     turtles      tortue       tortues       f     A     H
frog       frogs        grenouille   grenouilles   f     A     -
spider     spiders      araignée     araignées     f     A     -
explorer   explorers    explorateur  explorateurs  m     H     -
man        men          homme        hommes        m     H     -
woman      women        femme        femmes        f     H     -
king       kings        roi          rois          m     H     -
queen      queens       reine        reines        f     H     -
river      rivers       rivière      rivières      f     WB    -
lake       lakes        lac          lacs          m     WB    -
sea        -            mer          -             f     WB    -
island     islands      île          îles          f     LBPO  king+queen
beach      beaches      plage        plages        f     LBPO  -
forest     forests      forêt        forêts        f     LBP   king+queen
mountain   mountains    montagne     montagnes     f     LBPO  -
volcano    volcanoes    volcan       volcans       m     LBP   -
valley     valleys      vallée       vallées       f     LBPO  -
desert     deserts      désert       déserts       m     LBPO  -
cave       caves        grotte       grottes       f     LBP   -
bridge     bridges      pont         ponts         m     LBP   -
egg        eggs         œuf          œufs          m     T     A-wolf-horse
bone       bones        os           os            m     T     dinosaur+wolf+animal+horse
tooth      teeth        dent         dents         f     T     H+dinosaur+wolf+animal+horse
footprint  footprints   empreinte    empreintes    f     T     HA-spider-frog
map        maps         carte        cartes        f     T     H
tent       tents        tente        tentes        f     BP    H
boat       boats        bateau       bateaux       m     BPO   H
tree       trees        arbre        arbres        m     BP    -
flower     flowers      fleur        fleurs        f     T     woman+queen
stone      stones       pierre       pierres       f     T     -
cloud      clouds       nuage        nuages        m     S     -
star       stars        étoile       étoiles       f     S     -
storm      storms       tempête      tempêtes      f     E     -
expedition expeditions  expédition   expéditions   f     E     H
night      -            nuit         -             f     E     -
winter     -            hiver        -             m     E     -
water      -            eau          -             f     W     -
grass      -            herbe        -             f     P     -
snow       -            neige        -             f     P     -
moon       -            lune         -             f     S     -
sun        -            soleil       -             m     S     -
""",
    )
)

PRONOUNS = by_english(
    table(
        Noun,
        """
english    plural       french       pluriel       genre kinds
he         they         il           ils           m     H
she        -            elle         -             f     H
it         -            il           -             m     I
""",
    )
)

NAMES = NOUNS | PRONOUNS


@cache
def select(selection):
    """Return the nouns of a selection such as "HA+boat-spider", in the order of the table."""
    chosen = set()
    for sign, words in re.findall(r"([+-]?)([^+-]+)", selection or ""):
        change = set(NOUNS) if words == "*" else {words} & set(NOUNS) or _of_kinds(words)
        chosen = chosen - change if sign == "-" else chosen | change
    return tuple(noun for noun in NOUNS if noun in chosen)


def _of_kinds(letters):
    unknown = set(letters) - set(KINDS)
    if unknown:
        raise KeyError(f"{letters!r} is neither a noun nor letters of KINDS.")
    return {n.english for n in NOUNS.values() if set(n.kinds) & set(letters)}
