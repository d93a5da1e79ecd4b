"""A strict reader of Prometheus' text exposition format, version 0.0.4: what is not exactly right is an error."""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (\S+)$")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count")}


class Wrong(AssertionError):
    pass


class Family:
    def __init__(self, name, text):
        self.name, self.help, self.type, self.samples = name, text, None, []


class Scrape:
    """`families` by name; `value(name, **labels)` is the sum of the samples that have these labels."""

    def __init__(self, text):
        self.families = {}
        if text and not text.endswith("\n"):
            raise Wrong("the last line does not end")
        family, seen = None, set()
        for number, line in enumerate(text.split("\n")[:-1], 1):
            try:
                family = self._line(line, family, seen)
            except Wrong as wrong:
                raise Wrong(f"line {number}: {wrong}: {line!r}") from None
        for one in self.families.values():
            if one.type is None:
                raise Wrong(f"{one.name} has no TYPE")
            if one.type == "histogram":
                self._check_histogram(one)

    def _line(self, line, family, seen):
        if found := re.fullmatch(rf"# HELP ({NAME}) (\S.*)", line):
            if found[1] in self.families:
                raise Wrong("told twice, or its lines do not stand together")
            self.families[found[1]] = Family(found[1], found[2])
            return self.families[found[1]]
        if found := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
            if not family or family.name != found[1] or family.type:
                raise Wrong("TYPE does not follow its HELP")
            family.type = found[2]
            return family
        found = SAMPLE.fullmatch(line)
        if not found:
            raise Wrong("not a sample")
        if not family or family.type is None:
            raise Wrong("a sample without HELP and TYPE")
        if found[1] not in [family.name + end for end in SUFFIXES.get(family.type, ("",))]:
            raise Wrong(f"a sample among those of {family.name}")
        labels = self._labels(found[2] or "")
        key = (found[1], tuple(sorted(labels.items())))
        if key in seen:
            raise Wrong("told twice")
        seen.add(key)
        value = float(found[3].replace("Inf", "inf"))
        if family.type != "gauge" and not (value >= 0 and math.isfinite(value)):
            raise Wrong("a counter that is no count")
        family.samples.append((found[1], labels, value))
        return family

    @staticmethod
    def _labels(text):
        labels, at = {}, 0
        while at < len(text):
            found = LABEL.match(text, at)
            if not found or found[1] in labels or (found[3] == "," and found.end() == len(text)):
                raise Wrong("labels")
            labels[found[1]] = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[2])
            at = found.end()
        return labels

    @staticmethod
    def _check_histogram(family):
        series = {}
        for name, labels, value in family.samples:
            rest = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
            kind = name.removeprefix(family.name)
            if ("le" in labels) != (kind == "_bucket"):
                raise Wrong(f"{family.name}: le belongs to buckets alone")
            one = series.setdefault(rest, {"_bucket": []})
            if kind == "_bucket":
                one["_bucket"].append((float(labels["le"].replace("Inf", "inf")), value))
            else:
                one[kind] = value
        for labels, one in series.items():
            bounds, counts = zip(*one["_bucket"])
            if list(bounds) != sorted(set(bounds)) or bounds[-1] != math.inf or list(counts) != sorted(counts):
                raise Wrong(f"{family.name}{labels}: buckets")
            if one.get("_count") != counts[-1] or "_sum" not in one:
                raise Wrong(f"{family.name}{labels}: count and sum")

    def names(self):
        """All names a query may use."""
        for family in self.families.values():
            yield from (family.name + end for end in SUFFIXES.get(family.type, ("",)))

    def value(self, name, **labels):
        base = name if name in self.families else re.sub(r"_(bucket|sum|count)$", "", name)
        return sum(value for sample, has, value in self.families[base].samples
                   if sample == name and labels.items() <= has.items())
