"""Words before a stop that ends no sentence. Without their last stop, in small letters."""

ENGLISH = """dr mr mrs ms prof rev gen sen rep gov capt sgt col lt hon messrs mt ft vs e.g i.e cf approx dept est tel
 ext"""
GERMAN = """hr fr frl hrn bzw z.b d.h u.a ca ggf inkl zzgl str evtl sog usf vgl d.i i.d.r m.e o.g s.o s.u u.u z.t"""
OTHERS = (
    """mme mlle mm sra srta dra dña sig dott avv ing av avda pça dhr mevr bijv d.w.z m.b.t np tzn ul tj"""
)

NEVER = frozenset(f"{ENGLISH} {GERMAN} {OTHERS}".split())
"""The sentence goes on."""

BEFORE_NUMBERS = frozenset(
    ("no", "nr", "nos", "num", "núm", "art", "abs", "fig", "vol", "ch", "pp", "pg", "bd", "sec")
)
"""The sentence goes on when a number follows."""

PERHAPS = frozenset(
    ("etc", "usw", "osv", "itd", "ecc", "inc", "ltd", "co", "corp", "gmbh", "jr", "sr", "st", "bc", "ad")
)
"""A sentence may end here: when a capital follows, it does. So it is with all that has stops inside, as ``p.m``."""

ORDINALS = frozenset(
    ("de", "da", "nb", "nn", "no", "fi", "cs", "sk", "pl", "hu", "sl", "hr", "sr", "et", "lv", "is", "tr")
)
"""Languages in which a stop makes an ordinal of a number."""
