"""Where src/ refuses, and how each of these places is switched off: for scripts/mutate.

A scanner for the C++ of this repository, no compiler: tokens, brackets, declarations, statements. It finds the
statements that refuse and gives each a number; rewritten() returns the same text, line by line, with a switch around
each of them. What it cannot rewrite it says.

A site is a statement, in a function that may also succeed, that
  - returns, stores or hands over a Rejection:  return reject(...);  work.refuse(...);  list.push_back(bad(...));  refuse
  - passes one on:                              return x.error();    throw;                                        pass
  - throws:                                     throw NetworkError(...);                                           throw
  - records a check's outcome:                  trace.record("V-61", "signature", check(...));                     record
  - says no without a reason, under a condition: return std::nullopt;  return false;                               soft
A function that does nothing but refuse (`bad`, `fail`, `ill_formed`) is a way to write a refusal: its calls are the sites.
"""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<directive>^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<raw>(?:u8|[uUL])?R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)")
  | (?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
  | (?P<number>\.?\d(?:[\w.]|'\w|[eEpP][+-])*)
  | (?P<char>(?:u8|[uUL])?'(?:[^'\\\n]|\\.)+')
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>::|->|\|\||&&|<<|==|!=|\.\.\.|[^\s\w])
""", re.X | re.S | re.M)

OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
SEED_SINKS = {"refuse", "fail", "mistake"}      # methods that keep a reason
NOT_REFUSING = {"warn", "notice", "warning"}    # what takes a Rejection and refuses nothing
SOFT = ("return std::nullopt ;", "return false ;", "return { } ;", "return nullptr ;")


@dataclass
class Token:
    kind: str
    text: str
    start: int
    end: int


def tokens_of(text):
    tokens = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "delimiter" else "raw"
        if kind not in ("comment", "directive"):
            tokens.append(Token(kind, match.group(), match.start(), match.end()))
    return tokens


@dataclass
class Function:
    name: str            # "read_status", "" for a lambda without a name
    outer: str           # "TokenReader::read_status", for people
    returns: str         # text of the return type, "" when it is deduced or there is none
    body: tuple = (0, 0)
    statements: list = field(default_factory=list)
    is_lambda: bool = False


@dataclass
class Statement:
    first: int           # token indices; `last` is the semicolon
    last: int
    function: Function
    bare: bool           # the whole of an if's or a loop's body, without braces
    depth: int           # conditions around it inside its function
    tail: bool = False   # nothing follows it in its function


@dataclass
class Site:
    path: str
    line: int
    kind: str
    function: str
    text: str            # the reason code, else the words, else the statement
    statement: Statement = None
    number: int = 0
    refusals: object = None
    trouble: str = ""    # why it cannot be rewritten

    @property
    def room(self):
        return self.path.split("/")[1]

    @property
    def key(self):
        return (self.path, self.function, self.text.strip())


class Scanner:
    """The functions and statements of one file."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.tokens = tokens_of(text)
        self.match = self._brackets()
        self.functions = []
        self._scope(0, len(self.tokens), "")

    def word(self, at):
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def words(self, first, last):
        return " ".join(token.text for token in self.tokens[first:last])

    def own_words(self, first, last):
        """As words(), without the bodies of the lambdas in between: their statements are others."""
        out, i = [], first
        bodies = {f.body[0]: f.body[1] for f in self.functions if first < f.body[0] < last}
        while i < last:
            out.append(self.tokens[i].text)
            i = bodies.get(i, i + 1)
        return " ".join(out)

    def source(self, first, last):
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def line(self, at):
        return self.text.count("\n", 0, self.tokens[at].start) + 1

    def _brackets(self):
        match, stack = {}, []
        for i, token in enumerate(self.tokens):
            if token.kind != "mark":
                continue
            if token.text in OPEN:
                stack.append(i)
            elif token.text in CLOSE:
                if not stack or OPEN[self.tokens[stack[-1]].text] != token.text:
                    raise ValueError(f"{self.path}:{self.line(i)}: brackets do not match")
                match[stack.pop()] = i
        if stack:
            raise ValueError(f"{self.path}:{self.line(stack[-1])}: a bracket is not closed")
        return match

    # -- declarations -----------------------------------------------------------------------------------------------

    def _scope(self, i, end, prefix):
        start = i
        while i < end:
            word = self.word(i)
            if word in (";",) or (word == ":" and self.word(i - 1) in ("public", "private", "protected")):
                self._lambdas(start, i, None)
                start = i = i + 1
            elif word in ("(", "["):
                i = self.match[i] + 1
            elif word == "{":
                i = start = self._braced(start, i, prefix)
            else:
                i += 1

    def _braced(self, start, brace, prefix):
        """What a brace at namespace or class level opens; returns where the next declaration begins."""
        close = self.match[brace]
        head = [t.text for t in self._flat(start, brace)]
        while head[:1] == ["template"]:
            head = self._after_template(head)
        if head[:1] == ["namespace"] or head[:1] == ["extern"]:
            self._scope(brace + 1, close, prefix)
            return close + 1
        if head[:1] == ["enum"] or "enum" in head[:2]:
            return self._after_semicolon(close)
        if "(" not in head and any(w in ("struct", "class", "union") for w in head[:3]):
            name = next((w for w in head[head.index(next(w for w in head if w in ("struct", "class", "union"))) + 1:]
                         if re.match(r"\w+$", w) and w != "final"), "")
            self._scope(brace + 1, close, prefix + name + "::")
            return close + 1
        if "(" not in head or ("=" in head and head.index("=") < head.index("(")):
            end = self._after_semicolon(close)   # an initialiser
            self._lambdas(start, end, None)
            return end
        if ")" in head and ":" in head[head.index(")"):] and re.match(r"\w+$|>$", self.word(brace - 1)) and \
                self.word(brace - 1) not in ("const", "noexcept", "override", "final"):
            return self._continue_constructor(start, close, prefix)
        self._function(start, brace, prefix)
        return close + 1

    def _continue_constructor(self, start, close, prefix):
        i = close + 1
        while self.word(i) not in ("{", ";"):
            i = self.match[i] + 1 if self.word(i) in ("(", "[") else i + 1
            if i >= len(self.tokens):
                return i
        if self.word(i) == ";":
            return i + 1
        return self._braced(start, i, prefix)

    def _after_semicolon(self, i):
        while i < len(self.tokens) and self.word(i) != ";":
            i = self.match[i] + 1 if self.word(i) in OPEN else i + 1
        return i + 1

    def _flat(self, start, end):
        """The tokens outside all brackets, the brackets themselves included."""
        i, flat = start, []
        while i < end:
            flat.append(self.tokens[i])
            if self.word(i) in OPEN:
                i = self.match[i]
                flat.append(self.tokens[i])
            i += 1
        return flat

    @staticmethod
    def _after_template(head):
        depth = 0
        for i, word in enumerate(head[1:], 1):
            depth += (word == "<") - (word == ">")
            if depth == 0 and i > 1:
                return head[i + 1:]
        return []

    def _function(self, start, brace, prefix):
        i = start
        while self.word(i) == "template":
            depth, i = 0, i + 1
            while True:
                depth += (self.word(i) == "<") - (self.word(i) == ">")
                i += 1
                if depth == 0:
                    break
        first = i
        while i < brace and self.word(i) != "(":
            i = self.match[i] + 1 if self.word(i) == "[" else i + 1
        name_at = i - 1
        begin = name_at
        if "operator" in [self.word(k) for k in range(first, name_at + 1)]:
            while self.word(begin) != "operator":
                begin -= 1
        while self.word(begin - 1) == "::" and begin - 2 >= first:
            begin -= 2
        returns = self._type(first, begin)
        rest = [k for k in range(self.match.get(i, i), brace) if self.word(k) == "->"]
        if rest:
            returns = self._type(rest[0] + 1, brace)
        function = Function(self.word(name_at), prefix + self.source(begin, name_at) if begin <= name_at else prefix, returns)
        self._body(function, brace)

    def _type(self, first, last):
        skip = {"static", "inline", "constexpr", "explicit", "virtual", "friend", "auto", "override", "const", "noexcept", "final"}
        out, i = [], first
        while i < last:
            if self.word(i) == "[":
                i = self.match[i] + 1
                continue
            if self.word(i) not in skip:
                out.append(self.word(i))
            i += 1
        return " ".join(out).replace(" :: ", "::")

    def _body(self, function, brace):
        function.body = (brace, self.match[brace])
        self.functions.append(function)
        self._block(brace + 1, self.match[brace], function, 0)
        self._mark_tails(function)

    def _mark_tails(self, function):
        for statement in function.statements:
            i = statement.last + 1
            while self.word(i) == "}" and i < function.body[1]:
                i += 1
            statement.tail = i == function.body[1]

    # -- statements ---------------------------------------------------------------------------------------------------

    def _block(self, i, end, function, depth):
        while i < end:
            i = self._statement(i, end, function, depth, False)

    def _statement(self, i, end, function, depth, bare):
        word = self.word(i)
        if word == "{":
            self._block(i + 1, self.match[i], function, depth)
            return self.match[i] + 1
        if word in ("if", "for", "while", "switch", "catch"):
            at = i + 1
            while self.word(at) != "(":
                at += 1
            self._lambdas(at + 1, self.match[at], function)
            i = self._statement(self.match[at] + 1, end, function, depth + 1, True)
            if word == "if" and self.word(i) == "else":
                i = self._statement(i + 1, end, function, depth + 1, True)
            return i
        if word == "else":   # of an if that stood in a macro; none in this code
            return self._statement(i + 1, end, function, depth + 1, True)
        if word == "do":
            i = self._statement(i + 1, end, function, depth, True)
            return self._after_semicolon(i)
        if word == "try":
            return self._statement(i + 1, end, function, depth, False)
        if word in ("case", "default"):
            while self.word(i) != ":" or self.word(i - 1) == "?":
                i = self.match[i] + 1 if self.word(i) in OPEN else i + 1
            return i + 1
        if word == ";":
            return i + 1
        if word in ("struct", "class", "enum", "union"):
            at = i
            while self.word(at) not in ("{", ";", "=", "("):
                at += 1
            if self.word(at) == "{" and self.word(at - 1) not in ("info",) and self.word(self.match[at] + 1) == ";":
                if word != "enum" and not (at - i == 3):
                    self._scope(at + 1, self.match[at], function.outer + "::")
                return self.match[at] + 2
        last = i
        while self.word(last) != ";":
            last = self.match[last] + 1 if self.word(last) in OPEN else last + 1
            if last > end:
                raise ValueError(f"{self.path}:{self.line(i)}: a statement does not end")
        function.statements.append(Statement(i, last, function, bare, depth))
        self._lambdas(i, last, function)
        return last + 1

    def _lambdas(self, first, last, function):
        """Bodies of the lambdas between two tokens; each is a function of its own."""
        i = first
        while i < last:
            if self.word(i) == "[" and self.word(i + 1) == "[":
                i = self.match[i] + 1
                continue
            before = self.tokens[i - 1] if i > 0 else None
            subscript = before and (before.kind in ("word", "string", "raw") and before.text not in ("return", "co_return", "throw") or before.text in (")", "]"))
            if self.word(i) == "[" and not subscript and self.word(self.match[i] + 1) in ("(", "{", "mutable", "->"):
                at = self.match[i] + 1
                if self.word(at) == "(":
                    at = self.match[at] + 1
                returns_from = None
                while self.word(at) not in ("{", ";", ",", ")") and at < last:
                    if self.word(at) == "->":
                        returns_from = at + 1
                    at += 1
                if self.word(at) == "{":
                    name = self.word(i - 2) if self.word(i - 1) == "=" else ""
                    outer = (function.outer if function else "") + ("::" + name if name else "")
                    made = Function(name, outer, self._type(returns_from, at) if returns_from else "", is_lambda=True)
                    self._body(made, at)
                    self._lambdas(i + 1, self.match[i], function)
                    i = self.match[at] + 1
                    continue
            i += 1


# -- what refuses -----------------------------------------------------------------------------------------------------

class Refusals:
    """Over all files: which names refuse, and with that the sites."""

    def __init__(self, scanners):
        self.scanners = scanners
        self.global_sinks = set(SEED_SINKS)
        self.local_sinks = {s.path: set() for s in scanners}
        self.global_builders = {"reject"}
        self.local_builders = {s.path: set() for s in scanners}
        members = set()
        for s in scanners:   # `verification.rejection`: of a type that a header declares
            if s.path.endswith(".hpp"):
                members |= set(re.findall(r"\boptional<Rejection> ([a-z]\w*);", s.text))
        self.variables = {s.path: self._variables(s) | members for s in scanners}
        self.helpers = set()
        self._names()

    def _variables(self, scanner):
        names = set()
        for m in re.finditer(r"\b(?:Rejection|optional<Rejection>)(?: const)?[&]* ([a-z]\w*)\s*[;=({,)]", scanner.text):
            names.add(m.group(1))
        return names

    def _names(self):
        changed = True
        while changed:
            changed = False
            for scanner in self.scanners:
                for function in scanner.functions:
                    if id(function) in self.helpers:
                        continue
                    if self._is_builder(scanner, function):
                        target = self.local_builders[scanner.path] if function.is_lambda or self._is_local(scanner, function) else self.global_builders
                    elif self._always_refuses(scanner, function):
                        target = self.local_sinks[scanner.path] if self._is_local(scanner, function) else self.global_sinks
                    else:
                        continue
                    self.helpers.add(id(function))
                    if function.name and function.name != "record":
                        target.add(function.name)
                    changed = True
            for scanner in self.scanners:   # auto refused = chart::bad(...)
                for function in scanner.functions:
                    for s in function.statements:
                        words = scanner.words(s.first, s.last)
                        m = re.match(r"(?:auto|Rejection)(?: const)?(?: &)*(?: &&)? (\w+) = (.*)", words)
                        if m and self._builds(scanner, m.group(2)) and m.group(1) not in self.variables[scanner.path]:
                            self.variables[scanner.path].add(m.group(1))
                            changed = True

    def _is_local(self, scanner, function):
        return scanner.path.endswith(".cpp") and "::" not in function.outer

    def _is_builder(self, scanner, function):
        if re.fullmatch(r"(?:acr::|report::)?(?:Rejection|Finding)", function.returns):
            return True
        if function.returns or not function.is_lambda:
            return False
        returned = [scanner.words(s.first, s.last) for s in function.statements if scanner.word(s.first) == "return"]
        return bool(returned) and all(self._gives(scanner, words) for words in returned)

    def _always_refuses(self, scanner, function):
        if function.name in SEED_SINKS or function.name == "record":
            return True
        if not function.statements:
            return False
        refused = False
        for s in function.statements:
            words = scanner.words(s.first, s.last)
            kind = self._kind(scanner, s)
            if kind == "refuse" and words.startswith("return") and not self._builds(scanner, words) and not self._sinks(scanner, words):
                return False   # gives what another has kept
            if words.startswith("return") and re.search(r" (\|\||&&|\?) ", words):
                return False
            if kind in ("refuse", "throw") and s.depth == 0 and words != "throw":
                refused = True
            elif words.startswith("return") and kind not in ("refuse", "throw") and not (refused and words in ("return", "return false", "return std::nullopt", "return std :: nullopt")):
                return False
        return refused and len(function.statements) <= 4

    def _calls(self, words, names):
        for m in re.finditer(r"([\w]+) \(", words):
            if m.group(1) in names:
                return True
        return False

    def _builds(self, scanner, words):
        names = self.global_builders | self.local_builders[scanner.path]
        return self._calls(words, names) or bool(re.search(r"(?<!\w )\bRejection [({]", words))

    def _sinks(self, scanner, words):
        return self._calls(words, self.global_sinks | self.local_sinks[scanner.path])

    def _variable(self, scanner, words):
        """`x`, `*x`, `*a.x`, `std::move(*x)`, `std::move(x).within(...)`."""
        m = re.match(r"(?:std :: move \( )?(?:\* )?(?:\w+ (?:\.|->) )*(\w+)\b(?! (?:::|\.|\(|->|\[))", words)
        if not m or m.group(1) not in self.variables[scanner.path]:
            return False
        rest = words[m.end():].strip()
        return rest in ("", ")") or re.match(r"\)? ?\. (within|rule|expected|found|fix|in_source) \(", rest) is not None

    def _is_text(self, scanner, s, value):
        """Is the variable in `value` a string of the function around, by the name that another one has for a Rejection?"""
        name = re.search(r"(\w+)(?: \))?$", value.split(" . ")[0].strip())
        head = scanner.words(max(0, s.function.body[0] - 60), s.first)
        return name is not None and re.search(rf"string(?: const)?(?: &)? {name.group(1)} [,)=;]", head) is not None

    def _gives(self, scanner, words):
        """A return statement's words: does it give a Rejection?"""
        value = words.removeprefix("return ").strip()
        return self._builds(scanner, value) or self._variable(scanner, value) or re.search(r"\. (error|rejection) \( \)", value) is not None

    def _kind(self, scanner, s):
        words = scanner.own_words(s.first, s.last)
        if words.startswith("throw"):
            return "pass" if words == "throw" else "throw"
        if words == "return 0" and "X509_STORE_CTX_set_error" in scanner.words(max(0, s.first - 8), s.first):
            return "refuse"   # OpenSSL's way: an error is set before
        if words.startswith("return") or words.startswith("co_return"):
            value = words.split(" ", 1)[1] if " " in words else ""
            if self._sinks(scanner, value):
                return "refuse"
            if re.search(r"(^|\b)\w+ (\. \w+ \( \) )?(\.|->) (error|rejection) \( \)", value) and not re.match(r"!|\w+ (==|!=)", value) \
                    and not re.search(r"(error|rejection) \( \) (\.|->) (code|why|where|sentence|found)", value) and "==" not in value:
                return "pass"
            if self._builds(scanner, value):
                return "refuse"
            if self._variable(scanner, value):
                return "refuse"
            return "soft" if words + " ;" in ("return std :: nullopt ;", "return false ;", "return { } ;", "return nullptr ;") else ""
        if re.match(r"[\w.\s>-]+ \. record \(|[\w]+ \. record \(", words) or re.match(r"record \(", words):
            return "record"
        if re.match(r"(?:auto|Rejection|const|static|using)\b", words):
            return ""
        if any(re.match(rf"(?:\w+ (?:\.|->|::) )*{name} \(", words) for name in NOT_REFUSING) or re.search(r"warnings?_?\b[^()]*(push_back|emplace_back) \(|\. warning = ", words):
            return ""
        if self._sinks(scanner, words):
            return "refuse"
        if self._builds(scanner, words) and re.search(r"(push_back|emplace_back|insert|emplace|add|append) \(|= ", words):
            return "refuse"
        if re.search(r"(push_back|emplace_back) \( ", words):
            inner = words.split("push_back (" if "push_back (" in words else "emplace_back (", 1)[1].strip()
            if re.match(r"(std :: move \( )?(\* )?\w+ \. error \( \)", inner) or self._variable(scanner, inner.removesuffix(")").strip()):
                return "refuse"
        if re.match(r"[\w. >-]+ = (std :: move \( )?\w+ \. error \( \)", words):
            return "pass"
        kept = re.match(r"((?:\w+ (?:\.|->) )*\w*(?:refusal|rejection|reason|broken)_?) = (.*)", words)   # entry.refusal = std::move(why)
        if kept and not kept.group(2).startswith(f"std :: move ( {kept.group(1)} )") and not self._is_text(scanner, s, kept.group(2)) \
                and (self._variable(scanner, kept.group(2)) or re.match(r"(std :: move \( )?\* \w+ (\.|->) rejection\b", kept.group(2))):
            return "refuse"
        return ""

    def sites(self):
        found = []
        for scanner in self.scanners:
            seen = {}
            for function in scanner.functions:
                if id(function) in self.helpers or re.search(r"Rejection>? &$", function.returns):
                    continue
                returns_optional_or_bool = re.search(r"optional|Verdict|bool|unique_ptr|\*$", function.returns) is not None
                for s in function.statements:
                    kind = self._kind(scanner, s)
                    if not kind or (kind == "soft" and not (s.depth > 0 and returns_optional_or_bool
                                                            and not re.search("optional<Rejection>|Verdict<void>", function.returns.replace(" ", "")))):
                        continue
                    if scanner.words(s.first, s.last).startswith("return std :: nullopt") and kind != "soft":
                        continue
                    text = self._label(scanner, s)
                    count = seen[(function.outer, text)] = seen.get((function.outer, text), 0) + 1
                    if count > 1:
                        text += f" #{count}"
                    found.append(Site(scanner.path, scanner.line(s.first), kind, function.outer, text, s))
            # `if (trace.record(...))` is a condition, no statement.
            for i, token in enumerate(scanner.tokens):
                if token.text == "record" and scanner.word(i - 1) == "." and scanner.word(i + 1) == "(" and scanner.word(i - 3) != ";" \
                        and not any(s.statement.first <= i <= s.statement.last for s in found if s.path == scanner.path and s.kind == "record"):
                    owner = next((f for f in reversed(scanner.functions) if f.body[0] < i < f.body[1] and id(f) not in self.helpers), None)
                    if owner and scanner.path.startswith("src/sigstore/"):
                        strings = [t.text.strip('"') for t in scanner.tokens[i:scanner.match[i + 1]] if t.kind == "string"]
                        text = " ".join(strings[:2])
                        count = seen[(owner.outer, text)] = seen.get((owner.outer, text), 0) + 1
                        found.append(Site(scanner.path, scanner.line(i), "record", owner.outer, text + (f" #{count}" if count > 1 else ""),
                                          Statement(i - 2, scanner.match[i + 1], owner, False, 0)))
        found.sort(key=lambda s: (s.path, s.statement.first))
        for site in found:
            site.refusals = self
        return found

    def _label(self, scanner, s):
        strings = [t.text[1:-1] for t in scanner.tokens[s.first:s.last] if t.kind == "string"]
        for text in strings:
            if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", text):
                return text
        words = [text for text in strings if text.strip()]
        if words:
            return max(words[:3], key=len)[:70]
        return " ".join(scanner.source(s.first, s.last - 1).split())[:70]


# -- the switches -------------------------------------------------------------------------------------------------------

def rewritten(scanner, sites):
    """The file's text with a switch around each of `sites` that has a number; `trouble` is set where there is no way."""
    edits = []   # (start, end, text)
    for site in sites:
        inner = [o for o in sites if o is not site and site.statement.first < o.statement.first < site.statement.last]
        if inner and not site.trouble and site.kind != "record":
            site.trouble = "another site lies inside it"
        if site.trouble:
            continue
        s, off = site.statement, f"::acr_mutant::on({site.number})"
        words = scanner.words(s.first, s.last)
        source = scanner.source(s.first, s.last)
        if site.kind == "record":
            edit = _held(scanner, site)
            if edit is None:
                site.trouble = "no argument that is a verdict"
            else:
                edits.append(edit)
            continue
        start, end = scanner.tokens[s.first].start, scanner.tokens[s.last].end
        returns = s.function.returns
        if words.startswith("return "):
            operator = _top_level(scanner, s.first + 1, s.last, ("||",))
            question = _top_level(scanner, s.first + 1, s.last, ("?",))
            if operator is not None and returns == "bool":
                edits.append((start, end, f"return ({scanner.source(s.first + 1, operator - 1)}) || ({off} ? static_cast<bool>({scanner.source(operator + 1, s.last - 1)}) : true);"))
                continue
            if question is not None:
                colon = _colon(scanner, question, s.last)
                branches = ((question + 1, colon - 1), (colon + 1, s.last - 1))
                refusing = [site_builds(scanner, site, a, b) for a, b in branches]
                if colon is None:
                    site.trouble = "a condition inside a return that cannot be taken apart"
                    continue
                if refusing != [True, True] and any(refusing):
                    test = scanner.source(s.first + 1, question - 1)
                    parts = []
                    for (a, b), bad in zip(branches, refusing):
                        value = f"return {scanner.source(a, b)};"
                        parts.append(f"{{ if ({off}) {value} {_instead(returns, site)} }}" if bad else f"{{ {value} }}")
                    edits.append((start, end, f"{{ if ({test}) {parts[0]} else {parts[1]} }}"))
                    continue
            if s.tail or (s.depth == 0):
                edits.append((start, end, f"{{ if ({off}) {source} {_instead(returns, site)} }}"))
                continue
        if words.startswith("co_return"):
            site.trouble = "a coroutine's return"
            continue
        edits.append((start, end, f"{{ if ({off}) {source} }}"))
    text = scanner.text
    for start, end, new in sorted(edits, reverse=True):
        old = text[start:end]
        text = text[:start] + new + text[end:]
    return text


def site_builds(scanner, site, first, last):
    return site.refusals._sinks(scanner, scanner.words(first, last + 1)) or site.refusals._gives(scanner, scanner.words(first, last + 1))


def _instead(returns, site):
    if not returns or returns == "void":
        return f"::acr_mutant::nothing_else({site.number});"
    return f"return ::acr_mutant::other<{returns}>({site.number});"


def _top_level(scanner, first, last, marks):
    i = first
    while i < last:
        if scanner.word(i) in marks:
            return i
        i = scanner.match[i] + 1 if scanner.word(i) in OPEN else i + 1
    return None


def _colon(scanner, question, last):
    depth, i = 0, question + 1
    while i < last:
        if scanner.word(i) == "?":
            depth += 1
        if scanner.word(i) == ":":
            if depth == 0:
                return i
            depth -= 1
        i = scanner.match[i] + 1 if scanner.word(i) in OPEN else i + 1
    return None


def _held(scanner, site):
    """record("V-61", "name", OUTCOME, …): the third argument, through a switch."""
    s = site.statement
    i = s.first
    while not (scanner.word(i) == "record" and scanner.word(i + 1) == "("):
        i += 1
        if i > s.last:
            return None
    close, at, commas = scanner.match[i + 1], i + 2, []
    while at < close:
        if scanner.word(at) == ",":
            commas.append(at)
        at = scanner.match[at] + 1 if scanner.word(at) in OPEN else at + 1
    if len(commas) < 2:
        return None
    first, last = commas[1] + 1, (commas[2] if len(commas) > 2 else close) - 1
    return (scanner.tokens[first].start, scanner.tokens[last].end, f"::acr_mutant::held({site.number}, {scanner.source(first, last)})")
