"""As much of curl as the pages use, where there is none: ``-sS -i -X METHOD -H HEADER -d DATA|@FILE URL``."""

import sys
from pathlib import Path

import httpx2 as httpx


def main(arguments: list[str]) -> None:
    """Ask, and print the answer."""
    method, headers, body, head, url = "", {}, None, False, ""
    rest = iter(arguments)
    for argument in rest:
        if argument == "-X":
            method = next(rest)
        elif argument == "-H":
            name, _, value = next(rest).partition(":")
            headers[name] = value.strip()
        elif argument == "-d":
            data = next(rest)
            body = Path(data[1:]).read_bytes() if data.startswith("@") else data.encode()
        elif argument == "-i":
            head = True
        elif not argument.startswith("-"):
            url = argument
    answer = httpx.request(
        method or ("GET" if body is None else "POST"), url, headers=headers, content=body, timeout=60
    )
    if head:
        print(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}")
        for name, value in answer.headers.items():
            print(f"{name}: {value}")
        print()
    print(answer.text, end="")


if __name__ == "__main__":
    main(sys.argv[1:])
