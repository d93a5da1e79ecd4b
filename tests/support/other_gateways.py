"""What people have in LiteLLM, one-api and new-api, odd cases among it: for `ferry keys import`.

`usable` of a sample are the keys that must work afterwards, each with a model it may use; `refused` those that must
not; `secrets` whatever no output may show."""
import csv
import hashlib
import io
import json
import sqlite3

FUTURE, PAST = "2040-01-02 03:04:05.678", "2020-01-01 00:00:00"
FUTURE_S, PAST_S = 2209000000, 1577836800
UPSTREAM = "sk-upstream-" + "u" * 40
ENCRYPTED = "v4Yq0Jd1vS0Wc8w0sQkVnXx3bq9m1ZkQe7hR2tUuIiOoPpAaSsDdFfGgHhJjKkLl"


class Sample:
    def __init__(self, usable, refused, secrets, tables):
        self.usable, self.refused, self.secrets, self.tables = usable, refused, secrets, tables

    def csv(self, folder, table):
        """As PostgreSQL's COPY ... CSV HEADER writes it: NULL is empty, an empty text is quoted."""
        file = folder / f"{table}.csv"
        columns, rows = self.tables[table]
        with open(file, "w", newline="") as out:
            csv.writer(out).writerow(columns)
            for row in rows:
                line = io.StringIO()
                for i, value in enumerate(row):
                    text = as_text(value)
                    quoted = text is not None and (text == "" or any(c in text for c in ',"\n\r'))
                    text = "" if text is None else '"' + text.replace('"', '""') + '"' if quoted else text
                    line.write(("," if i else "") + text)
                out.write(line.getvalue() + "\n")
        return file


def as_text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        quoted = ['"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"' for one in value]
        return "{" + ",".join(quoted) + "}"
    return json.dumps(value) if isinstance(value, dict) else str(value)


# LiteLLM

KEY_COLUMNS = {
    "token": "TEXT PRIMARY KEY", "key_name": "TEXT", "key_alias": "TEXT", "spend": "DOUBLE PRECISION DEFAULT 0",
    "expires": "TIMESTAMP(3)", "models": "TEXT[]", "aliases": "JSONB DEFAULT '{}'", "user_id": "TEXT",
    "team_id": "TEXT", "max_parallel_requests": "INT", "metadata": "JSONB DEFAULT '{}'", "blocked": "BOOLEAN",
    "tpm_limit": "BIGINT", "rpm_limit": "BIGINT", "max_budget": "DOUBLE PRECISION", "budget_duration": "TEXT",
    "allowed_routes": "TEXT[]",
}
TEAM_COLUMNS = {
    "team_id": "TEXT PRIMARY KEY", "team_alias": "TEXT", "models": "TEXT[]", "max_budget": "DOUBLE PRECISION",
    "spend": "DOUBLE PRECISION DEFAULT 0", "budget_duration": "TEXT", "tpm_limit": "BIGINT", "rpm_limit": "BIGINT",
    "max_parallel_requests": "INT", "blocked": "BOOLEAN",
}
USER_COLUMNS = {
    "user_id": "TEXT PRIMARY KEY", "user_alias": "TEXT", "user_email": "TEXT", "models": "TEXT[]",
    "max_budget": "DOUBLE PRECISION", "spend": "DOUBLE PRECISION DEFAULT 0", "budget_duration": "TEXT",
}
MODEL_COLUMNS = {"model_id": "TEXT PRIMARY KEY", "model_name": "TEXT", "litellm_params": "JSONB", "model_info": "JSONB"}
LITELLM = {
    "LiteLLM_VerificationToken": KEY_COLUMNS, "LiteLLM_TeamTable": TEAM_COLUMNS, "LiteLLM_UserTable": USER_COLUMNS,
    "LiteLLM_ProxyModelTable": MODEL_COLUMNS,
}


def litellm_key(name):
    return "sk-" + hashlib.sha256(f"key {name}".encode()).hexdigest()[:22]


def litellm_models(base):
    def openai(model, **more):
        return {"model": f"openai/{model}", "api_base": base, "api_key": UPSTREAM, **more}

    models = {
        "demo": (openai("up-demo", input_cost_per_token=2.5e-06, output_cost_per_token=1e-05),
                 {"access_groups": ["beta"]}),
        "gpt-x": (openai("gpt-x", api_key="os.environ/UPSTREAM_KEY", rpm=7), {}),
        "locked": (openai("locked", api_key=ENCRYPTED), {}),
        "hidden": ({"model": ENCRYPTED, "api_key": ENCRYPTED}, {}),
        "claude": ({"model": "anthropic/claude-x", "api_key": UPSTREAM}, {}),
        "nowhere": ({"model": "hosted_vllm/some"}, {}),
        "*": (openai("*"), {}),
    }
    return [{"model_id": f"id-{name}", "model_name": name, "litellm_params": params, "model_info": info}
            for name, (params, info) in models.items()]


def litellm(base):
    keys = [
        {"key_alias": "plain", "aliases": {}},
        {"key_alias": "of-red", "user_id": "u-1", "team_id": "t-red", "models": []},
        {"key_alias": "limited", "models": ["demo"], "expires": FUTURE, "rpm_limit": 60, "tpm_limit": 1000,
         "max_parallel_requests": 3, "max_budget": 5.0, "budget_duration": "30d", "spend": 1.5},
        {"key_alias": "blocked", "blocked": True},
        {"key_alias": "expired", "expires": PAST},
        {"key_alias": "teams", "team_id": "t-red", "models": ["all-team-models"]},
        {"key_alias": "all", "models": ["all-proxy-models"]},
        {"key_alias": "none", "models": ["no-default-models"]},
        {"key_alias": "beta", "models": ["beta"]},
        {"key_alias": "login", "team_id": "litellm-dashboard", "expires": FUTURE},
        {"key_alias": "broken", "token": "no-hash"},
        {"key_alias": "old", "token": litellm_key("old")},
        {"key_alias": "odd", "allowed_routes": ["/chat/completions"], "aliases": {"a": "b"}, "max_budget": 10,
         "spend": 4, "metadata": {"tags": ["x"], "model_rpm_limit": {"demo": 1}}},
        {"key_alias": "often", "max_budget": 1e-05, "budget_duration": "45d"},
        {"key_alias": 'ops, "night"\nshift'},
        {"key_alias": "of-grey", "team_id": "t-grey"},
        {"key_name": "sk-...wxyz", "user_id": "u-gone"},
    ]
    texts = []
    for key in keys:
        name = key.get("key_alias", "unnamed")
        texts.append(litellm_key(name))
        key.setdefault("token", hashlib.sha256(texts[-1].encode()).hexdigest())
    teams = [
        {"team_id": "t-red", "team_alias": "red", "models": ["demo", "gpt-x"], "rpm_limit": 100, "blocked": False},
        {"team_id": "t-grey", "team_alias": "grey", "models": [], "blocked": True},
        {"team_id": "t-red-2", "team_alias": "red", "models": [], "max_budget": 3, "blocked": False},
    ]
    users = [
        {"user_id": "u-1", "user_email": "alice@example.com", "max_budget": 20, "models": []},
        {"user_id": "12345", "models": []},
    ]
    tables = {}
    for (table, columns), rows in zip(LITELLM.items(), (keys, teams, users, litellm_models(base))):
        tables[table] = (list(columns), [[row.get(column) for column in columns] for row in rows])
    of = dict(zip((key.get("key_alias", "unnamed") for key in keys), texts))
    names = ["plain", "of-red", "limited", "teams", "all", "beta", "old", "odd", 'ops, "night"\nshift',
             "unnamed"]
    refused = [of[name] for name in ("blocked", "expired", "login", "broken", "of-grey")]
    hashes = [key["token"] for key in keys if len(key["token"]) == 64]
    return Sample({of[name]: "demo" for name in names}, refused, [*texts, *hashes, UPSTREAM, ENCRYPTED], tables)


def csv_words(sample, folder):
    """The options of the command, a file each."""
    options = ("--keys", "--teams", "--users", "--models")
    return [word for option, table in zip(options, LITELLM) for word in (option, str(sample.csv(folder, table)))]


def litellm_sql(sample):
    """The tables as LiteLLM's migrations make them, as far as they are read, with their rows."""
    def literal(value):
        text = as_text(value)
        return "NULL" if text is None else "'" + text.replace("'", "''") + "'"

    lines = []
    for table, columns in LITELLM.items():
        lines.append(f'CREATE TABLE "{table}" ({", ".join(f"{name} {kind}" for name, kind in columns.items())});')
        for row in sample.tables[table][1]:
            lines.append(f'INSERT INTO "{table}" VALUES ({", ".join(literal(value) for value in row)});')
    return "\n".join(lines)


# one-api and new-api

ONE_API = {
    "users": "id integer PRIMARY KEY, username text, status integer, quota bigint, `group` text",
    "tokens": "id integer PRIMARY KEY, user_id integer, `key` char(48), status integer, name text, "
              "expired_time bigint, remain_quota bigint, unlimited_quota numeric, models text, subnet text",
    "channels": "id integer PRIMARY KEY, type integer, `key` text, status integer, name text, weight integer, "
                "base_url text, models text, `group` text, model_mapping text, priority bigint",
    "abilities": "`group` text, model text, channel_id integer, enabled numeric, priority bigint",
    "options": "`key` text PRIMARY KEY, value text",
}
NEW_API = {
    **ONE_API,
    "tokens": "id integer PRIMARY KEY, user_id integer, `key` varchar(128), status integer, name text, "
              "expired_time bigint, remain_quota bigint, unlimited_quota numeric, model_limits_enabled numeric, "
              "model_limits text, allow_ips text, `group` text, deleted_at datetime",
}


def token_text(name):
    return (hashlib.sha256(name.encode()).hexdigest() * 2)[:48]


def token(number, name, user=1, status=1, expires=-1, quota=500000, unlimited=0, models=None, addresses="", **other):
    key = other.get("key", token_text(name))
    return [number, user, key, status, name, expires, quota, unlimited, models, addresses]


def gateway_rows(base):
    host = base.removesuffix("/v1")
    users = [[1, "root", 1, 5000000, "default"], [2, "bob", 1, 1000000, "vip"], [3, "carl", 2, 100, "default"],
             [4, "777", 1, 2500000, "default"]]
    tokens = [
        token(1, "plain", unlimited=1),
        token(2, "quota", quota=1250000),
        token(3, "of vip", user=2, unlimited=1),
        token(4, "demo alone", unlimited=1, models="demo"),
        token(5, "later", unlimited=1, expires=FUTURE_S),
        token(6, "from home", unlimited=1, addresses="127.0.0.0/8,10.1.2.3"),
        token(7, "off", status=2, unlimited=1),
        token(8, "gone by", expires=PAST_S, unlimited=1),
        token(9, "used up", status=4, quota=0),
        token(10, "empty", quota=0),
        token(11, "of carl", user=3, unlimited=1),
        token(12, "of nobody", user=99, unlimited=1),
        token(13, "short", unlimited=1, key="abc"),
        token(14, "nowhere", unlimited=1, addresses="home"),
        token(15, "it's \"7\" \\ 月\n;", user=4, unlimited=1),
    ]
    mapping = json.dumps({"demo": "up-demo", "loop": "loop"})
    channels = [
        [1, 1, UPSTREAM, 1, "main", 5, host, "demo,big", "default,vip", mapping, 10],
        [2, 1, f"{UPSTREAM}1\n{UPSTREAM}2", 1, "two keys", 0, host, "demo", "vip", "", 0],
        [3, 14, UPSTREAM, 1, "claude", 0, "", "claude-x", "default", None, 0],
        [4, 1, UPSTREAM, 2, "off", 0, host, "demo-off", "default", None, 0],
        [5, 999, UPSTREAM, 1, "unknown", 0, "", "some", "default", None, 0],
        [6, 3, UPSTREAM, 1, "azure", 0, "https://x.openai.azure.com", "gpt-3.5", "vip", None, 0],
        [7, 1, UPSTREAM, 1, "bad map", 0, host, "vip-only", "vip", "{no", 0],
    ]
    abilities = [["default", "demo", 1, 1, 10], ["default", "big", 1, 1, 10], ["vip", "vip-only", 7, 1, 0]]
    options = [
        ["ModelRatio", json.dumps({"demo": 1.25, "big": 15, "gpt-3.5": 0.25, "vip-only": 1})],
        ["CompletionRatio", json.dumps({"demo": 4, "big": 2, "vip-only": 1.5})],
        ["GroupRatio", json.dumps({"default": 1, "vip": 0.5})],
    ]
    return {"users": users, "tokens": tokens, "channels": channels, "abilities": abilities, "options": options}


def gateway_sample(rows, tables):
    usable = ["plain", "quota", "of vip", "demo alone", "later", "from home", "it's \"7\" \\ 月\n;"]
    refused = ["off", "gone by", "used up", "empty", "of carl", "of nobody", "nowhere"]
    made = {name: ([], rows[name]) for name in tables}
    secrets = [token_text(row[4]) for row in rows["tokens"]] + [UPSTREAM]
    return Sample({"sk-" + token_text(name): "demo" for name in usable},
                  ["sk-" + token_text(name) for name in refused], secrets, made)


def one_api(base, file):
    """Writes the SQLite file."""
    rows = gateway_rows(base)
    with sqlite3.connect(file) as database:
        for table, columns in ONE_API.items():
            database.execute(f"CREATE TABLE {table} ({columns})")
            marks = ", ".join("?" * len(rows[table][0]))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])
    database.close()
    return gateway_sample(rows, ONE_API)


def new_api(base, file):
    """Writes what mysqldump would."""
    rows = gateway_rows(base)
    for row in rows["tokens"]:
        models, addresses = row[8:10]
        row[8:] = [1 if models else 0, models or "", addresses.replace(",", "\n"), "", None]
    dropped = token(16, "dropped", unlimited=1)
    rows["tokens"].append([*dropped[:8], 0, "", "", "", "2024-01-01 00:00:00"])
    escapes = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0"}

    def literal(value):
        if isinstance(value, str):
            return "'" + "".join(escapes.get(c, c) for c in value) + "'"
        return "NULL" if value is None else str(value)

    text = ["-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)", "/*!40101 SET NAMES utf8mb4 */;",
            "CREATE TABLE `logs` (`id` int, `content` longtext);",
            "INSERT INTO `logs` VALUES (1,'INSERT INTO `tokens` VALUES (1); -- it\\'s a trap');"]
    for table, columns in NEW_API.items():
        names = [part.split()[0].strip("`") for part in columns.split(", ")]
        fields = ",\n".join(f"  `{name}` longtext COMMENT 'a, (b'" for name in names)
        text += [f"DROP TABLE IF EXISTS `{table}`;",
                 f"CREATE TABLE `{table}` (\n{fields},\n  PRIMARY KEY (`{names[0]}`)\n) ENGINE=InnoDB;",
                 f"LOCK TABLES `{table}` WRITE;"]
        values = ["(" + ",".join(literal(value) for value in row) + ")" for row in rows[table]]
        text += [f"INSERT INTO `{table}` VALUES {','.join(values)};", "UNLOCK TABLES;"]
    file.write_text("\n".join(text) + "\n")
    sample = gateway_sample(rows, NEW_API)
    sample.refused.append("sk-" + token_text("dropped"))
    return sample


def import_all(ferry, base):
    """Every gateway's sample into one Ferry that serves `demo`; returns the keys that must work."""
    lite = litellm(base)
    ferry.run("keys", "import", "--from", "litellm", "--apply", *csv_words(lite, ferry.folder))
    dump = ferry.folder / "new-api.sql"
    newer = new_api(base, dump)
    ferry.run("keys", "import", "--from", "new-api", str(dump), "--apply")
    return [*lite.usable, *newer.usable]
