#!/usr/bin/env python3
"""Tests what an editor shows for the attribute and for `breaker!`, with rust-analyzer.

Opens a program in rust-analyzer, over the Language Server Protocol. For each word of its attributes, it checks the hover text, the
definition, and the completions. Needs only Python 3; without rust-analyzer (`rustup component add rust-analyzer`), it prints a
notice and succeeds. It fails if a word has no definition or no hover text.
"""

import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "target" / "editor"
# How long rust-analyzer may take to load the program, macros included.
PATIENCE = 300

SOURCE = """\
//! A program that is only looked at.

use fluxgate::{CallNotPermitted, CircuitBreaker, breaker, circuit_breaker};

const CALLS: u32 = 10;

static PAYMENTS: CircuitBreaker = breaker!(
    name = "payments",
    window = time(60s, buckets = 6),
    trip = min(CALLS) & avg_latency(2s) | failure_rate(50%, sure = 95%) | failure_streak(5),
    retry = cooldown(60s, jitter = 0.1),
    permit = random(10%),
);

#[circuit_breaker(
    window = count(100),
    trip = closed & min(20) & failure_rate(0.5) | half_open & failures(5) | min(9) & slow_rate(0.5, 2s) & failing_for(9s) | in_flight(50),
    retry = backoff(5s, multiplier = 2, max = 5m),
    permit = ramp_up(10%, 100%, 60s),
    max_half_open_calls = 5,
    half_open_timeout = 5m,
    on_panic = failure,
    on_cancel = ignore,
    track = matches(_) | ok(0),
    success = type_of(CallNotPermitted),
    ignore = custom(is_minor),
    rejected = |_| Ok(1),
    fallback = |_| Ok(2),
    handle = CHARGE,
)]
async fn charge(number: u32) -> Result<u32, CallNotPermitted> {
    let inside = number;
    Ok(inside)
}

fn is_minor(_: &CallNotPermitted) -> bool {
    false
}

#[circuit_breaker(breaker = PAYMENTS)]
fn refund() -> Result<u32, CallNotPermitted> {
    Ok(1)
}

fn main() {
    drop(charge(1));
    drop(refund());
    let _ = CHARGE.state();
}
"""


class Server:
    """A running rust-analyzer."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=PROGRAM
        )
        self.messages = queue.Queue()
        self.number = 0
        self.is_quiet = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if length is None:
                return
            message = json.loads(stream.read(length))
            if message.get("method") == "experimental/serverStatus":
                if message["params"].get("quiescent"):
                    self.is_quiet.set()
                else:
                    self.is_quiet.clear()
            elif "method" in message and "id" in message:
                # It requests settings, and permission to show progress; the defaults will do.
                asked = message.get("params", {}).get("items", [])
                result = [None] * len(asked) if message["method"] == "workspace/configuration" else None
                self.send({"id": message["id"], "result": result})
            elif "id" in message:
                self.messages.put(message)

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method, **params):
        self.send({"method": method, "params": params})

    def ask(self, method, **params):
        """The result of a request, repeated while the program changes."""
        for _ in range(50):
            self.number += 1
            # Requests without parameters must not have any.
            self.send({"id": self.number, "method": method, **({"params": params} if params else {})})
            answer = self.messages.get(timeout=PATIENCE)
            if answer.get("error", {}).get("code") in (-32801, -32802):  # content modified, cancelled
                time.sleep(0.2)
                continue
            if "error" in answer:
                sys.exit(f"{method}: {answer['error']}")
            return answer["result"]
        sys.exit(f"{method}: no answer")

    def stop(self):
        self.ask("shutdown")
        self.tell("exit")
        self.process.wait(timeout=30)


class Document:
    """A document that is open in the server."""

    def __init__(self, server, path, text):
        self.server, self.uri, self.version = server, path.as_uri(), 1
        self.text = text
        document = {"uri": self.uri, "languageId": "rust", "version": 1, "text": text}
        server.tell("textDocument/didOpen", textDocument=document)

    def change(self, text):
        self.text, self.version = text, self.version + 1
        document = {"uri": self.uri, "version": self.version}
        self.server.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def at(self, offset):
        before = self.text[:offset]
        line = before.count("\n")
        position = {"line": line, "character": offset - (before.rfind("\n") + 1)}
        return {"textDocument": {"uri": self.uri}, "position": position}

    def hover(self, offset):
        shown = self.server.ask("textDocument/hover", **self.at(offset))
        return shown["contents"]["value"] if shown else ""

    def definitions(self, offset):
        """The definitions of a word: a file in the repository, and its line."""
        found = self.server.ask("textDocument/definition", **self.at(offset)) or []
        for place in found:
            uri = place.get("targetUri") or place["uri"]
            place = place.get("targetSelectionRange") or place["range"]
            path = pathlib.Path(uri.removeprefix("file://"))
            line = path.read_text().splitlines()[place["start"]["line"]].strip()
            yield (os.path.relpath(path, ROOT), line)

    def completions(self, offset):
        listed = self.server.ask("textDocument/completion", **self.at(offset)) or {"items": []}
        items = listed if isinstance(listed, list) else listed["items"]
        return [re.sub(r"\W.*", "", item["label"].strip()) for item in items]


def program():
    """Writes the program to be inspected."""
    (PROGRAM / "src").mkdir(parents=True, exist_ok=True)
    (PROGRAM / "Cargo.toml").write_text(
        '[package]\nname = "editor"\nversion = "0.0.0"\nedition = "2024"\npublish = false\n\n'
        '[dependencies]\nfluxgate = { path = "../../fluxgate" }\n\n[workspace]\n'
    )
    path = PROGRAM / "src" / "main.rs"
    path.write_text(SOURCE)
    return path


def library():
    """The sources of the standard library, or else an empty folder, since they are not needed."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout
    sources = pathlib.Path(sysroot.strip()) / "lib" / "rustlib" / "src" / "rust" / "library"
    if not sources.exists():
        sources = PROGRAM / "no_sources"
        sources.mkdir(exist_ok=True)
    return str(sources)


def start():
    """A server that has loaded the program."""
    command = shutil.which("rust-analyzer")
    if not command or subprocess.run([command, "--version"], capture_output=True).returncode != 0:
        print("skipped: rust-analyzer is not installed: rustup component add rust-analyzer")
        sys.exit(0)
    server = Server([command])
    settings = {
        "checkOnSave": False,
        # Otherwise it would install missing standard library sources, and those change the compiler's messages.
        "cargo": {"targetDir": True, "sysrootSrc": library()},
        "cachePriming": {"enable": False},
    }
    capabilities = {"experimental": {"serverStatusNotification": True}, "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "definition": {"linkSupport": True},
        "completion": {"completionItem": {"snippetSupport": False}},
    }}
    server.ask(
        "initialize",
        processId=os.getpid(),
        rootUri=PROGRAM.as_uri(),
        capabilities=capabilities,
        initializationOptions=settings,
    )
    server.tell("initialized")
    return server


def main():
    path = program()
    server = start()
    document = Document(server, path, SOURCE)
    if not server.is_quiet.wait(PATIENCE):
        sys.exit(f"rust-analyzer has not loaded the program within {PATIENCE} seconds")
    failures = words(document) + macros(document) + completions(document)
    server.stop()
    for failure in failures:
        print(f"wrong: {failure}")
    sys.exit(1 if failures else 0)


# Words that are not documented under their own name.
WORDS = "fluxgate/src/private/words.rs"
# Words in the attributes that are the user's, or Rust's.
OTHERS = {"static", "is_minor", "payments", "s", "m"}


def words(document):
    """Checks each word of the attributes."""
    failures, counted = [], 0
    for attribute in re.finditer(r"(?:breaker!|#\[circuit_breaker)\((.*?)\)(?:;|\])\n", SOURCE, re.DOTALL):
        for word in re.finditer(r"(?<![\w\"])[a-z]\w+", attribute[1]):
            name, offset = word[0], attribute.start(1) + word.start()
            if name in OTHERS:
                continue
            counted += 1
            shown, places = document.hover(offset), list(document.definitions(offset))
            if len(shown.splitlines()) < 6:
                failures.append(f"hovering over `{name}` shows no documentation: {shown!r}")
            if not any(name in line or place.endswith(f"/{name}.rs") for place, line in places):
                failures.append(f"`{name}` leads to {places or 'nowhere'}")
    print(f"of {counted} words of attributes, {len(failures)} things are wrong with what is shown, and where they lead")
    return failures


def macros(document):
    """Checks the macros themselves."""
    failures = []
    for name in ("breaker!(", "circuit_breaker("):
        shown = document.hover(SOURCE.index(name) + 1)
        if "All arguments at a glance" not in shown:
            failures.append(f"hovering over `{name}..)` shows {shown!r}")
    print(f"of 2 macros, {len(failures)} show no documentation")
    return failures


def completions(document):
    """Checks completion of partial words, and of names in the body."""
    failures = []
    begun = [
        ("failure_rate(0.5)", "fail^", ["failure_rate", "failures", "failure_streak"]),
        ("window = count(100)", "window = co^", ["count", "time"]),
        ("backoff(5s, multiplier = 2, max", "backoff(5s, mult^ = 2, max", ["multiplier", "max", "jitter"]),
        ("permit = ramp_up(10%, 100%, 60s)", "permit = ra^", ["random", "ramp_up"]),
        ("window = count(100)", "win^ = count(100)", ["window", "trip", "half_open_timeout"]),
        ("time(60s, buckets = 6)", "ti^", ["time"]),
    ]
    for old, new, expected in begun:
        document.change(SOURCE.replace(old, new, 1).replace("^", "", 1))
        found = document.completions(SOURCE.index(old) + new.index("^"))
        missing = [name for name in expected if name not in found]
        if missing:
            failures.append(f"`{new}` is not completed to {missing}, but to {found[:20]}")
    print(f"of {len(begun)} words that are begun, {len(failures)} are not completed")

    line = "let inside = number;"
    document.change(SOURCE.replace(line, line + "\n    fl"))
    hidden = [name for name in document.completions(document.text.index(line) + len(line) + 7) if "__FLUXGATE" in name]
    if hidden:
        failures.append(f"in a body, hidden names are offered: {hidden}")
    print(f"in a body, {len(hidden)} hidden names are offered")
    return failures


if __name__ == "__main__":
    main()
