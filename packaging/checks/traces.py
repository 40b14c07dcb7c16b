"""Nothing of the machine it was made on gets into the tree: no registry, no path, no secret."""

import re
from collections.abc import Iterator

from finding import Finding, Tree

# Written apart so that this file does not find itself.
REGISTRIES = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npm" + "js.org",
    "registry.yarn" + "pkg.com",
)
RULES = (
    (re.compile("|".join(re.escape(host) for host in REGISTRIES)), "names a package registry"),
    (
        re.compile(r"--(?:extra-)?index-" + r"url|\"resolved\": \"http|source = \{ " + "registry"),
        "names a registry",
    ),
    (re.compile(r"(?<![\w./<{}-])/(?:wo" + r"rk|ro" + r"ot|tmp/d" + r"ev)/\w"), "is a path of one machine"),
    (re.compile(r"(?<![\w.])/ho" + r"me/[a-z]+/"), "is a path of one machine"),
    (re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"), "is a private key"),
    (re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|sk_live_\w{16,})\b"), "is a secret"),
)
BINARY = (".png", ".ttf", ".woff2", ".ico", ".wav", ".gz")


def check(tree: Tree) -> Iterator[Finding]:
    """Lines that name a registry, a path of somebody's machine, or a secret."""
    for path in tree.paths:
        if path.endswith(BINARY):
            continue
        for number, line in enumerate(tree.text(path).splitlines(), 1):
            for pattern, what in RULES:
                found = pattern.search(line)
                if found:
                    yield Finding(path, number, f'"{found[0][:40]}" {what}: take it out')
