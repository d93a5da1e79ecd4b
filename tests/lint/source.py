"""C++ source as the rules see it: comments and literals blanked (same length, same lines), brackets matched."""
import re
from dataclasses import dataclass
from functools import cached_property

CLOSERS = {"(": ")", "[": "]", "{": "}"}
CONTROL = re.compile(r"\b(if|for|while|switch|catch|constexpr)\s*$")
TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<raw>[^(\s]*)\(.*?\)(?P=raw)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)


def _spaces(text):
    return re.sub(r"[^\n]", " ", text)


def _blank_comment(match):
    return _spaces(match[0]) if match[0].startswith("/") else match[0]


def _blank_all(match):
    text = match[0]
    if text.startswith("/"):
        return _spaces(text)
    return text[0] + _spaces(text[1:-1]) + text[-1]


@dataclass
class Source:
    path: str  # as the rules judge it, relative to the root of the project, with forward slashes
    text: str

    @property
    def folder(self):
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 and parts[0] == "proxy" else ""

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @cached_property
    def without_comments(self):
        return TOKEN.sub(_blank_comment, self.text)

    @cached_property
    def code(self):
        """Comments and the insides of literals are spaces: what is left is syntax."""
        return TOKEN.sub(_blank_all, self.text)

    @cached_property
    def includes(self):
        """(line number, included name, quoted?) in the order they stand."""
        found = []
        for number, line in enumerate(self.without_comments.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if match:
                found.append((number, match[2], match[1] == '"'))
        return found

    def line_of(self, offset):
        return self.code.count("\n", 0, offset) + 1

    @cached_property
    def partner(self):
        """Offset of each bracket -> offset of the bracket that closes or opens it."""
        pairs, stack = {}, []
        for offset, char in enumerate(self.code):
            if char in CLOSERS:
                stack.append((offset, CLOSERS[char]))
            elif char in ")]}":
                while stack and stack[-1][1] != char:
                    stack.pop()
                if stack:
                    opener, _ = stack.pop()
                    pairs[opener], pairs[offset] = offset, opener
        return pairs

    @cached_property
    def lambdas(self):
        """(offset of '[', capture text, offset of the body's '{' or None) of every lambda."""
        found = []
        for match in re.finditer(r"\[", self.code):
            start, end = match.start(), self.partner.get(match.start())
            before = self.code[:start].rstrip()
            if end is None or re.search(r"[\w\])]$", before) and not re.search(r"\b(return|co_return)$", before):
                continue
            if before.endswith("[") or self.code[start + 1] == "[":
                continue  # an attribute
            body = self._lambda_body(end + 1)
            if body is not None:
                found.append((start, self.code[start + 1 : end].strip(), body))
        return found

    def _lambda_body(self, offset):
        rest = re.compile(r"\s*").match(self.code, offset).end()
        if self.code[rest : rest + 1] == "(":
            rest = self.partner.get(rest, rest) + 1
        tail = re.compile(r"[\s\w:<>,*&]*?(->[\s\w:<>,*&]+?)?\{").match(self.code, rest)
        return tail.end() - 1 if tail else None

    def opens_block(self, brace):
        """Whether the '{' at `brace` begins a block of statements rather than an initializer."""
        before = self.code[:brace].rstrip()
        if not before or before[-1] in ";{}:":
            return True
        if re.search(r"\)\s*((mutable|noexcept|const|override|final)\s*)*(->[\s\w:<>,*&]+)?$", before):
            return True
        return bool(re.search(r"\b(else|do|try)$", before)) or any(body == brace for _, _, body in self.lambdas)

    def ends_initializer(self, closer):
        """Whether the '}' at `closer` ends an initializer, which belongs to the expression around it."""
        opener = self.partner.get(closer)
        after = self.code[closer + 1 :].lstrip()[:1]
        return opener is not None and (not self.opens_block(opener) or after in (",", ")"))

    def statement_at(self, offset):
        """The (start, end) of the full expression that holds `offset`."""
        start, wrapped = offset, False
        while start > 0:
            char = self.code[start - 1]
            if char in ")]" or char == "}" and self.ends_initializer(start - 1):
                start = self.partner.get(start - 1, start - 1)
                continue
            if char in ";}" or char == "{" and self.opens_block(start - 1):
                break
            if char == "(" and CONTROL.search(self.code[: start - 1]):
                wrapped = True
                break
            start -= 1
        end = start
        while end < len(self.code):
            char = self.code[end]
            if char == ";" or char in ")}":
                break
            end = self.partner.get(end, end) + 1 if char in "([{" else end + 1
            if wrapped and end < len(self.code) and self.code[end] == ")":
                break
        return start, end

    @cached_property
    def functions(self):
        """(first line, name, number of lines between the braces) of every outermost function body."""
        found, offset = [], 0
        header = re.compile(r"([~\w:]+|operator\W+)\s*\($")
        while (brace := self.code.find("{", offset)) != -1:
            offset = brace + 1
            end = self.partner.get(brace)
            name = self._function_name(brace, header)
            if end is None or not name:
                continue
            found.append((self.line_of(brace), name, self.code.count("\n", brace, end) - 1))
            offset = end + 1
        return found

    def _function_name(self, brace, header):
        start = max(self.code.rfind(c, 0, brace) for c in ";}")
        opener = self.code.rfind("{", 0, brace)
        text = self.code[max(start, opener) + 1 : brace]
        if re.search(r"\b(namespace|enum)\b|\b(class|struct|union)\b[^()]*$", text):
            return None
        paren = text.find("(")
        if paren == -1 or CONTROL.search(text[:paren]):
            return None
        match = header.search(text[: paren + 1])
        return match[1].strip() if match else None
