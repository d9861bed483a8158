"""The words of chapter 18, English and French, in tables that a reader can proofread.

What the tables do not hold or allow is never said.  Kinds of nouns: H human, A animal, P place,
T thing, E event, M unique or uncountable (only with "the"), I impersonal.
"""

from typing import NamedTuple


class Noun(NamedTuple):
    """A noun; `place` is the preposition that says where something is in, on or under it."""

    english: str
    plural: str
    french: str
    pluriel: str
    gender: str
    kind: str
    place: str = None


class Adjective(NamedTuple):
    """An adjective's French forms, masculine and feminine, and the kinds of nouns it is said of."""

    english: str
    masculine: str
    feminine: str
    masculine_plural: str
    feminine_plural: str
    kinds: str


class Verb(NamedTuple):
    """A verb, the prepositions before its object, and the kinds of its subject and object."""

    english: str
    past: str
    to: str
    il: str
    ils: str
    futur: str
    participle: str
    auxiliary: str
    à: str
    subjects: str
    objects: str  # "=" is an adjective in place of an object
    where: str  # "+": it may be said where this happens


def _table(row, text):
    """Read one row per line, by its first column; "-" is None."""
    lines = [line.split() for line in text.strip().splitlines()[1:]]
    return {words[0]: row(*(None if w == "-" else w for w in words)) for words in lines}


NOUNS = _table(
    Noun,
    """
english    plural       french       pluriel       genre kind place
dinosaur   dinosaurs    dinosaure    dinosaures    m     A    -
bird       birds        oiseau       oiseaux       m     A    -
animal     animals      animal       animaux       m     A    -
lizard     lizards      lézard       lézards       m     A    -
heron      herons       héron        hérons        m     A    -
wolf       wolves       loup         loups         m     A    -
horse      horses       cheval       chevaux       m     A    -
turtle     turtles      tortue       tortues       f     A    -
frog       frogs        grenouille   grenouilles   f     A    -
spider     spiders      araignée     araignées     f     A    -
explorer   explorers    explorateur  explorateurs  m     H    -
man        men          homme        hommes        m     H    -
woman      women        femme        femmes        f     H    -
king       kings        roi          rois          m     H    -
queen      queens       reine        reines        f     H    -
river      rivers       rivière      rivières      f     P    in
lake       lakes        lac          lacs          m     P    in
sea        seas         mer          mers          f     P    in
island     islands      île          îles          f     P    on
beach      beaches      plage        plages        f     P    on
forest     forests      forêt        forêts        f     P    in
mountain   mountains    montagne     montagnes     f     P    on
volcano    volcanoes    volcan       volcans       m     P    on
valley     valleys      vallée       vallées       f     P    in
desert     deserts      désert       déserts       m     P    in
cave       caves        grotte       grottes       f     P    in
bridge     bridges      pont         ponts         m     P    under
egg        eggs         œuf          œufs          m     T    in
bone       bones        os           os            m     T    -
tooth      teeth        dent         dents         f     T    -
footprint  footprints   empreinte    empreintes    f     T    -
map        maps         carte        cartes        f     T    on
tent       tents        tente        tentes        f     T    in
boat       boats        bateau       bateaux       m     T    on
tree       trees        arbre        arbres        m     T    under
flower     flowers      fleur        fleurs        f     T    on
stone      stones       pierre       pierres       f     T    under
cloud      clouds       nuage        nuages        m     T    under
star       stars        étoile       étoiles       f     T    under
storm      storms       tempête      tempêtes      f     E    -
night      nights       nuit         nuits         f     E    -
winter     winters      hiver        hivers        m     E    -
expedition expeditions  expédition   expéditions   f     E    -
water      -            eau          -             f     M    in
grass      -            herbe        -             f     M    in
snow       -            neige        -             f     M    in
moon       -            lune         -             f     M    under
sun        -            soleil       -             m     M    under
""",
)

PRONOUNS = _table(
    Noun,
    """
english    plural       french       pluriel       genre kind
he         they         il           ils           m     H
she        -            elle         -             f     H
it         -            il           -             m     I
""",
)

# "beau/bel": bel stands before a masculine singular that begins with a vowel or a mute h.
ADJECTIVES_BEFORE = _table(
    Adjective,
    """
english    un…          une…         des… (m)     des… (f)      kinds
small      petit        petite       petits       petites       HAPT
big        grand        grande       grands       grandes       APT
old        vieux/vieil  vieille      vieux        vieilles      HAPT
beautiful  beau/bel     belle        beaux        belles        HAPTE
young      jeune        jeune        jeunes       jeunes        HA
good       bon          bonne        bons         bonnes        AT
bad        mauvais      mauvaise     mauvais      mauvaises     TE
new        nouveau/nouvel nouvelle   nouveaux     nouvelles     HPT
long       long         longue       longs        longues       PE
huge       énorme       énorme       énormes      énormes       APT
pretty     joli         jolie        jolis        jolies        APT
""",
)

ADJECTIVES_AFTER = _table(
    Adjective,
    """
english    un…          une…         des… (m)     des… (f)      kinds
green      vert         verte        verts        vertes        APTM
red        rouge        rouge        rouges       rouges        APTM
blue       bleu         bleue        bleus        bleues        APTM
white      blanc        blanche      blancs       blanches      APTM
black      noir         noire        noirs        noires        APTM
grey       gris         grise        gris         grises        APTM
yellow     jaune        jaune        jaunes       jaunes        APTM
cold       froid        froide       froids       froides       PTEM
strange    étrange      étrange      étranges     étranges      HAPTEM
dangerous  dangereux    dangereuse   dangereux    dangereuses   APE
quiet      tranquille   tranquille   tranquilles  tranquilles   HAPE
famous     célèbre      célèbre      célèbres     célèbres      HAPTE
hungry     affamé       affamée      affamés      affamées      HA
tired      fatigué      fatiguée     fatigués     fatiguées     HA
happy      heureux      heureuse     heureux      heureuses     HA
dry        sec          sèche        secs         sèches        PT
""",
)

VERBS = _table(
    Verb,
    """
english   past        prep il        ils           futur       participe aux   +  subj   obj    +
see       saw         -    voit      voient        verra       vu        avoir -  HA     HAPTME +
watch     watched     -    regarde   regardent     regardera   regardé   avoir -  HA     HAPTM  +
follow    followed    -    suit      suivent       suivra      suivi     avoir -  HA     HA     +
find      found       -    trouve    trouvent      trouvera    trouvé    avoir -  HA     HAPT   +
admire    admired     -    admire    admirent      admirera    admiré    avoir -  HA     HAPTME +
draw      drew        -    dessine   dessinent     dessinera   dessiné   avoir -  H      HAPTM  +
hear      heard       -    entend    entendent     entendra    entendu   avoir -  HA     HA     +
cross     crossed     -    traverse  traversent    traversera  traversé  avoir -  HA     P      -
eat       ate         -    mange     mangent       mangera     mangé     avoir -  HA     AT     +
discover  discovered  -    découvre  découvrent    découvrira  découvert avoir -  HA     APT    +
protect   protected   -    protège   protègent     protégera   protégé   avoir -  HA     HAPT   +
lose      lost        -    perd      perdent       perdra      perdu     avoir -  HA     T      +
hide      hid         -    cache     cachent       cachera     caché     avoir -  HA     T      +
choose    chose       -    choisit   choisissent   choisira    choisi    avoir -  HA     APT    +
attack    attacked    -    attaque   attaquent     attaquera   attaqué   avoir -  A      HA     +
wait      waited      for  attend    attendent     attendra    attendu   avoir -  HA     HAE    +
look      looked      for  cherche   cherchent     cherchera   cherché   avoir -  HA     HAPT   +
listen    listened    to   écoute    écoutent      écoutera    écouté    avoir -  HA     HA     +
talk      talked      to   parle     parlent       parlera     parlé     avoir à  HA     HA     +
obey      obeyed      -    obéit     obéissent     obéira      obéi      avoir à  HA     HA     -
dream     dreamed     of   rêve      rêvent        rêvera      rêvé      avoir de HA     HAPTE  +
sleep     slept       -    dort      dorment       dormira     dormi     avoir -  HA     -      +
swim      swam        -    nage      nagent        nagera      nagé      avoir -  HA     -      +
sing      sang        -    chante    chantent      chantera    chanté    avoir -  HA     -      +
run       ran         -    court     courent       courra      couru     avoir -  HA     -      +
dance     danced      -    danse     dansent       dansera     dansé     avoir -  HA     -      +
disappear disappeared -    disparaît disparaissent disparaîtra disparu   avoir -  HAPTEM -      -
shine     shone       -    brille    brillent      brillera    brillé    avoir -  TM     -      -
begin     began       -    commence  commencent    commencera  commencé  avoir -  E      -      -
fall      fell        -    tombe     tombent       tombera     tombé     être  -  HAT    -      +
arrive    arrived     -    arrive    arrivent      arrivera    arrivé    être  -  HAE    -      -
stay      stayed      -    reste     restent       restera     resté     être  -  HA     -      +
come      came        -    vient     viennent      viendra     venu      être  -  HAE    -      -
leave     left        -    part      partent       partira     parti     être  -  HA     -      -
return    returned    -    revient   reviennent    reviendra   revenu    être  -  HAE    -      -
become    became      -    devient   deviennent    deviendra   devenu    être  -  HAPTEM =      -
be        -           -    est       sont          sera        -         -     -  HAPTEM =      -
rain      rained      -    pleut     -             pleuvra     plu       avoir -  I      -      +
freeze    froze       -    gèle      -             gèlera      gelé      avoir -  I      -      +
""",
)

ARTICLES = {"the": ("le", "la", "les"), "a": ("un", "une"), "some": ("des", "des", "des")}
PLACES = {"in": "dans", "on": "sur", "under": "sous"}
NEIGHBOURS = {
    "near": "près de",
    "far from": "loin de",
    "next to": "à côté de",
    "behind": "derrière",
    "in front of": "devant",
}
TIMES = {"before": "avant", "after": "après", "during": "pendant"}
PREPOSITIONS = PLACES | NEIGHBOURS | TIMES | {"of": "de"}
DAYS = {"yesterday": "hier", "today": "aujourd'hui", "tomorrow": "demain"}
ADJECTIVES = ADJECTIVES_BEFORE | ADJECTIVES_AFTER

SOFT = r"(?!héron)[aeéêhiîoœuy]"  # what a word elides before: a vowel or a mute h
ELISIONS = {"le": "l'", "la": "l'", "de": "d'", "ne": "n'"}
CONTRACTIONS = {"de le": "du", "de les": "des", "à le": "au", "à les": "aux"}


def describe_grammar():
    """Return the grammar as Markdown: a table for each part of speech, and the little words."""
    parts = [
        ("Nouns", NOUNS | PRONOUNS),
        ("Adjectives before the noun", ADJECTIVES_BEFORE),
        ("Adjectives after the noun", ADJECTIVES_AFTER),
        ("Verbs", VERBS),
    ]
    pages = []
    for title, table in parts:
        rows = [next(iter(table.values()))._fields, *table.values()]
        lines = ["| " + " | ".join(word or "–" for word in row) + " |" for row in rows]
        lines.insert(1, "|---" * len(rows[0]) + "|")
        pages.append(f"**{title}**\n\n" + "\n".join(lines))
    little = {word: " / ".join(dict.fromkeys(forms)) for word, forms in ARTICLES.items()}
    little |= PREPOSITIONS | DAYS | CONTRACTIONS
    pages.append("**Little words**: " + ", ".join(f"{a} → {b}" for a, b in little.items()) + ".")
    return "\n\n".join(pages)
