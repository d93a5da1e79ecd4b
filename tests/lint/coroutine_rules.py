"""g++ 12.2 destroys some temporaries of a full expression twice when that expression suspends. These rules keep such
temporaries out of awaited expressions: name the value on the line before and std::move it."""
import re

THIS_CORO_ALONE = re.compile(r"^\s*(const\s+)?auto\s+\w+\s*=\s*co_await\s+[\w:]*this_coro::\w+\s*$")
THIS_CORO_CALL = re.compile(r"^\s*co_await\s+[\w:]*this_coro::\w+\s*\(.*\)\s*$", re.DOTALL)


def awaited_expressions(source):
    seen = set()
    for match in re.finditer(r"\bco_await\b", source.code):
        span = source.statement_at(match.start())
        if span not in seen:
            seen.add(span)
            yield span


def awaits_without_braced_temporary(source, project):
    """co_await f(T{...}), co_await f({...}), T{co_await f()}."""
    for start, end in awaited_expressions(source):
        bodies = {body for _, _, body in source.lambdas}
        for match in re.finditer(r"\{", source.code[start:end]):
            brace = start + match.start()
            if brace not in bodies and not source.opens_block(brace):
                yield source.line_of(brace), "a braced temporary in an awaited expression: name it on the line before"


def awaits_without_capturing_lambda(source, project):
    for start, end in awaited_expressions(source):
        for at, captures, _ in source.lambdas:
            if start <= at < end and captures:
                yield source.line_of(at), "a lambda with captures in an awaited expression: name it on the line before"


def awaits_without_conditional(source, project):
    for start, end in awaited_expressions(source):
        at = source.code.find("?", start, end)
        if at != -1:
            yield source.line_of(at), "?: in an awaited expression: use if, or name the value on the line before"


def awaits_without_short_circuit(source, project):
    """`a && !co_await f(g())`: the frame of the coroutine is laid out wrongly, and `this` is another argument."""
    for start, end in awaited_expressions(source):
        first = source.code.index("co_await", start, end)
        for match in re.finditer(r"&&|\|\|", source.code[start:end]):
            at = start + match.start()
            # What guards the statement of an if stands in brackets that are closed before the await.
            inside = all(not (opened < at < closed <= first) for opened, closed in source.partner.items())
            if inside:
                yield source.line_of(at), "co_await beside && or ||: await into a name of its own"


def lambda_coroutines_capture_nothing(source, project):
    """Captures live in the lambda object, which is gone when the coroutine resumes."""
    for at, captures, body in source.lambdas:
        inner = source.code[body : source.partner.get(body, body)]
        if captures and re.search(r"\bco_(await|return|yield)\b", inner):
            yield source.line_of(at), "a lambda with captures is a coroutine: make it a named function taking values"


def spawned_coroutines_are_named(source, project):
    for match in re.finditer(r"\bco_spawn\s*\(", source.code):
        end = source.partner.get(match.end() - 1, match.end())
        for at, captures, _ in source.lambdas:
            if match.end() <= at < end and captures:
                yield source.line_of(at), "co_spawn of a lambda with captures: spawn a named function taking values"


def this_coro_stands_alone(source, project):
    for match in re.finditer(r"\bco_await\s+[\w:]*this_coro::", source.code):
        start, end = source.statement_at(match.start())
        text = source.code[start:end]
        if not THIS_CORO_ALONE.match(text) and not THIS_CORO_CALL.match(text):
            yield source.line_of(match.start()), "write `auto ex = co_await this_coro::executor;` on a line of its own"
