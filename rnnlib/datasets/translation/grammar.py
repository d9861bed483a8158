"""The other words of chapter 19, English and French, in tables that a reader can proofread.

Sentences never say more than the tables hold; who does what, and where, is in `uses.py`.
Selections of nouns are written as in `nouns.py`.
"""

from functools import cache
from typing import NamedTuple

from .nouns import by_english, select, table


class Adjective(NamedTuple):
    """An adjective's French forms, masculine and feminine, and what it is said of.

    English puts two adjectives in the order of their ranks: opinion 1, size 2, state 3, age 4,
    colour 5; one without a rank is never joined by another.
    """

    english: str
    masculine: str
    feminine: str
    masculine_plural: str
    feminine_plural: str
    rank: str
    passing: str  # "+": it may last for a day or a storm
    said_of: str


class Becomes(NamedTuple):
    """An adjective, and the nouns that may come to be so."""

    english: str
    nouns: str


class Verb(NamedTuple):
    """A verb's forms, and the prepositions before its object."""

    english: str
    past: str
    to: str
    il: str
    ils: str
    futur: str
    participle: str
    auxiliary: str
    à: str
    any: str  # "+": it is said of nobody in particular: "does not see any birds"


# "beau/bel": bel is used before a masculine singular that begins with a vowel or a mute h.
# An English adjective with two translations has a row for each: big wolf, gros loup.
ADJECTIVES_BEFORE = table(
    Adjective,
    """
english   un…            une…       des… (m)    des… (f)    rank passing said of
small     petit          petite     petits      petites     2    -       HALT+river+lake+tree
            +tent+boat+cloud+star-footprint
big       gros           grosse     gros        grosses     2    -       A+egg+bone+tooth+stone
            +boat+cloud+storm-heron
big       grand          grande     grands      grandes     2    -       L+river+lake+tree
            +flower+tent+map+footprint+expedition
huge      énorme         énorme     énormes     énormes     2    -       A+egg+bone+tooth
            +footprint+stone+tree+flower+boat+cloud
huge      immense        immense    immenses    immenses    2    -       L+lake+sea-cave
long      long           longue     longs       longues     2    -       river+beach+valley
            +bridge+night+winter+expedition
old       vieux/vieil    vieille    vieux       vieilles    4    -       HA+tree+map+tent+boat
            +bridge+bone+tooth+stone+volcano+forest
young     jeune          jeune      jeunes      jeunes      4    -       HA+tree
new       nouveau/nouvel nouvelle   nouveaux    nouvelles   4    -       map+tent+boat+bridge
            +explorer+king+queen+expedition+island
beautiful beau/bel       belle      beaux       belles      1    -       woman+queen+A+LW+T+B+S
            +night-spider-frog-tooth-bone-footprint-water
handsome  beau/bel       belle      beaux       belles      1    -       man+king+explorer
pretty    joli           jolie      jolis       jolies      -    -       woman+bird+horse+turtle
            +frog+lizard+beach+island+forest+valley+bridge+cave+river+lake+flower+stone+egg+tent
            +boat
good      bon            bonne      bons        bonnes      -    -       king+queen+explorer
            +horse+map+tent+boat
bad       mauvais        mauvaise   mauvais     mauvaises   -    -       king+queen+explorer+map
            +tent+boat
""",
)

ADJECTIVES_AFTER = table(
    Adjective,
    """
english   un…            une…       des… (m)    des… (f)    rank passing said of
green     vert           verte      verts       vertes      5    -       A+flower+tent+boat
            +stone+W+forest+valley+island+tree+grass-horse-wolf-heron
red       rouge          rouge      rouges      rouges      5    -       A+flower+tent+boat
            +stone+desert+sun+moon+star+cloud-horse-wolf-heron-turtle
blue      bleu           bleue      bleus       bleues      5    -       bird+frog+lizard
            +dinosaur+heron+flower+tent+boat+stone+egg+W+star
white     blanc          blanche    blancs      blanches    5    -       dinosaur+bird+horse
            +wolf+heron+spider+egg+bone+tooth+stone+flower+tent+boat+beach+mountain+cloud+star
            +moon
black     noir           noire      noirs       noires      5    -       A+stone+tooth+bone+tent
            +boat+beach+mountain+volcano+cloud+water-heron
grey      gris           grise      gris        grises      5    -       A+stone+bone+cloud+sea
            +lake+mountain+boat+tent
yellow    jaune          jaune      jaunes      jaunes      5    -       bird+frog+lizard+spider
            +dinosaur+flower+tent+boat+stone+tooth+sun+moon+star+grass
cold      froid          froide     froids      froides     3    +       W+night+winter+cave
            +stone+desert+valley+forest+snow
strange   étrange        étrange    étranges    étranges    1    -       HALT+lake+tree+boat
            +cloud+star+night+storm+expedition
dangerous dangereux      dangereuse dangereux   dangereuses 3    +       dinosaur+wolf+animal
            +spider+man+woman+king+queen+river+sea+mountain+volcano+desert+cave+forest+bridge
            +island+storm+expedition
quiet     tranquille     tranquille tranquilles tranquilles 3    +       H+horse+turtle+animal
            +river+lake+sea+L+night-desert-bridge
famous    célèbre        célèbre    célèbres    célèbres    1    -       HL+map+bone+footprint
            +stone+dinosaur+horse+lake+river+boat+tree+expedition
starving  affamé         affamée    affamés     affamées    3    +       HA-spider-frog
tired     fatigué        fatiguée   fatigués    fatiguées   3    +       HA-spider-frog
happy     heureux        heureuse   heureux     heureuses   3    +       HA-spider-frog-lizard
dry       sec            sèche      secs        sèches      3    +       valley+grass+cave+tent
            +bone+winter
""",
)

BECOMES = table(
    Becomes,
    """
english   nouns
green     forest+valley+tree+grass+water+lake+river
red       sun+moon+sea+water+cloud+tree+forest
blue      sea+lake+water
white     mountain+forest+valley+tree
black     sea+water+cloud
grey      sea+lake+cloud+horse
yellow    grass+tree+flower+forest
cold      W+night+cave+desert+valley+forest
dangerous H+wolf+river+sea+lake+volcano+mountain+forest+bridge+expedition
quiet     H+river+lake+sea+forest+valley+volcano+night
famous    HL+horse+lake+boat+map+expedition
happy     HA-spider-frog-lizard
dry       grass+valley
""",
)

VERBS = by_english(
    table(
        Verb,
        """
english   past        prep il        ils           futur       participe aux   +  any
see       saw         -    voit      voient        verra       vu        avoir -  +
watch     watched     -    regarde   regardent     regardera   regardé   avoir -  -
follow    followed    -    suit      suivent       suivra      suivi     avoir -  -
find      found       -    trouve    trouvent      trouvera    trouvé    avoir -  +
admire    admired     -    admire    admirent      admirera    admiré    avoir -  -
draw      drew        -    dessine   dessinent     dessinera   dessiné   avoir -  +
hear      heard       -    entend    entendent     entendra    entendu   avoir -  +
cross     crossed     -    traverse  traversent    traversera  traversé  avoir -  -
eat       ate         -    mange     mangent       mangera     mangé     avoir -  +
discover  discovered  -    découvre  découvrent    découvrira  découvert avoir -  +
protect   protected   -    protège   protègent     protégera   protégé   avoir -  -
lose      lost        -    perd      perdent       perdra      perdu     avoir -  +
hide      hid         -    cache     cachent       cachera     caché     avoir -  +
choose    chose       -    choisit   choisissent   choisira    choisi    avoir -  +
attack    attacked    -    attaque   attaquent     attaquera   attaqué   avoir -  -
wait      waited      for  attend    attendent     attendra    attendu   avoir -  -
look      looked      for  cherche   cherchent     cherchera   cherché   avoir -  +
listen    listened    to   écoute    écoutent      écoutera    écouté    avoir -  -
talk      talked      to   parle     parlent       parlera     parlé     avoir à  -
obey      obeyed      -    obéit     obéissent     obéira      obéi      avoir à  -
dream     dreamed     of   rêve      rêvent        rêvera      rêvé      avoir de -
sleep     slept       -    dort      dorment       dormira     dormi     avoir -  -
swim      swam        -    nage      nagent        nagera      nagé      avoir -  -
sing      sang        -    chante    chantent      chantera    chanté    avoir -  -
run       ran         -    court     courent       courra      couru     avoir -  -
dance     danced      -    danse     dansent       dansera     dansé     avoir -  -
disappear disappeared -    disparaît disparaissent disparaîtra disparu   avoir -  -
shine     shone       -    brille    brillent      brillera    brillé    avoir -  -
begin     began       -    commence  commencent    commencera  commencé  avoir -  -
fall      fell        -    tombe     tombent       tombera     tombé     être  -  -
arrive    arrived     -    arrive    arrivent      arrivera    arrivé    être  -  -
stay      stayed      -    reste     restent       restera     resté     être  -  -
come      came        -    vient     viennent      viendra     venu      être  -  -
leave     left        -    part      partent       partira     parti     être  -  -
return    returned    -    revient   reviennent    reviendra   revenu    être  -  -
become    became      -    devient   deviennent    deviendra   devenu    être  -  -
be        -           -    est       sont          sera        -         -     -  -
rain      rained      -    pleut     -             pleuvra     plu       avoir -  -
freeze    froze       -    gèle      gèlent        gèlera      gelé      avoir -  -
""",
    )
)

ADJECTIVES = {row.english: row for row in ADJECTIVES_BEFORE + ADJECTIVES_AFTER}
ARTICLES = {"the": ("le", "la", "les"), "a": ("un", "une"), "some": ("des", "des", "des")}
CERTAIN = ("certains", "certaines")  # some, but not others
TIMES = {"before": "avant", "after": "après", "during": "pendant"}
DAYS = {"yesterday": "hier", "today": "aujourd'hui", "tomorrow": "demain"}

SOFT = r"(?!héron)[aeéêhiîoœuy]"  # what a word elides before: a vowel or a mute h
ELISIONS = {"le": "l'", "la": "l'", "de": "d'", "ne": "n'"}
CONTRACTIONS = {"de le": "du", "de les": "des", "à le": "au", "à les": "aux"}


@cache
def adjective(english, noun):
    """Return the row of an adjective that is said of a noun; its first row if none is."""
    rows = [row for row in ADJECTIVES_BEFORE + ADJECTIVES_AFTER if row.english == english]
    return next((row for row in rows if noun in select(row.said_of)), rows[0])
