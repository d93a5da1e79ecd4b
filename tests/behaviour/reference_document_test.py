"""The statements and the curl command of the reference document work as written."""
import json
import subprocess

from harness import FerryCase, eventually, quote
from postgres_case import PostgresCase, PostgresFerry

INSERT_HEAD = """INSERT INTO ai_models (
    model_name, display_name, provider, api_endpoint, api_key, 
    cost_per_1k_tokens, is_enabled, created_at, updated_at
) VALUES (
"""
INSERTS = {
    "qwen-plus": """    'qwen-plus', '通义千问-Plus', 'qwen',
    'https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions',
    'your-qwen-api-key',
    0.004, 1, NOW(), NOW()
);""",
    "gpt-4": """    'gpt-4', 'GPT-4', 'other',
    'https://api.openai.com/v1/chat/completions',
    'your-openai-api-key',
    0.03, 1, NOW(), NOW()
);""",
    "llama2": """    'llama2', 'Llama2本地模型', 'other',
    'http://localhost:11434/v1/chat/completions',
    'ollama', -- Ollama通常不需要真实API密钥
    0.0, 1, NOW(), NOW()
);""",
    "glm-4": """    'glm-4', '智谱GLM-4', 'other',
    'https://open.bigmodel.cn/api/paas/v4/chat/completions',
    'your-zhipu-api-key',
    0.005, 1, NOW(), NOW()
);""",
}
UPDATES = ["""UPDATE ai_models SET 
    provider = 'other',  -- 改为小写
    updated_at = NOW()
WHERE id = 5;""", """UPDATE ai_models SET 
    provider = 'qwen',  -- 使用专门的Qwen服务
    updated_at = NOW()
WHERE id = 5;"""]
CURL = """curl "http://localhost:5173/api/v1/chat/completions" \\
  -H "Authorization: Bearer your-token" \\
  -H "Content-Type: application/json" \\
  -d '{
    "id": 5,
    "conversationId": 81,
    "messages": [{"role": "user", "content": "你好"}],
    "stream": false,
    "temperature": 0.7
  }'"""


class ReferenceDocument(FerryCase):
    @classmethod
    def models(cls):
        # The document's fifth row is the one it says to repair.
        broken = INSERTS["qwen-plus"].replace("'qwen',", "'Other',")
        endpoint = f"http://127.0.0.1:{cls.upstream.port}/compatible-mode/v1/chat/completions"
        point_at_us = f"UPDATE ai_models SET api_endpoint = {quote(endpoint)} WHERE id = 5;"
        return [*(INSERT_HEAD + values for values in INSERTS.values()), INSERT_HEAD + broken, point_at_us]

    def ask_as_written(self):
        command = CURL.replace("localhost:5173", f"127.0.0.1:{self.ferry.port}").replace("your-token", self.key)
        command = command.replace("curl ", "curl -s -i ", 1)
        done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=30)
        self.received.append(done.stdout)
        head, body = done.stdout.split(b"\r\n\r\n", 1)
        return int(head.split()[1]), json.loads(body)

    def test_the_statements_and_the_curl_command_work_as_written(self):
        names = [row["model_name"] for row in self.ferry.rows("SELECT * FROM ai_models ORDER BY id LIMIT 5")]
        self.assertEqual(names, [*INSERTS, "qwen-plus"])
        asked, said = {"role": "user", "content": "你好"}, {"role": "assistant", "content": "Hello"}
        for turn, statement in enumerate(["SELECT 1;", *UPDATES]):  # provider is 'Other', then 'other', then 'qwen'
            self.ferry.sql(statement)
            before = len(self.upstream.served)
            status, answer = self.ask_as_written()
            self.assertEqual(status, 200, answer)
            self.assertEqual(answer["choices"][0]["message"]["content"], "Hello")
            seen = self.upstream.served[before]
            self.assertEqual(seen.target, "/compatible-mode/v1/chat/completions")
            self.assertEqual(seen.fields("authorization"), ["Bearer your-qwen-api-key"])
            sent = json.loads(seen.body)
            # The command names conversation 81: each goes on with it.
            self.assertEqual(sent, {"model": "qwen-plus", "messages": [*[asked, said] * turn, asked],
                                    "stream": False, "temperature": 0.7})
        rows = eventually(lambda: len(self.ferry.rows()) >= 3 and self.ferry.rows())
        self.assertEqual({row["model_id"] for row in rows}, {5})
        self.assertEqual({row["cost_pico"] for row in rows}, {12 * 4_000_000}, rows[0])
        self.assertEqual({row["conversation_id"] for row in rows}, {81})

    def test_the_two_prefixes_are_one_service(self):
        client = self.client()
        for prefix in ("/v1", "/api/v1"):
            client.send(self.request(b"", path=f"{prefix}/models", method="GET"))
            listed = [one["id"] for one in client.response().json["data"]]
            self.assertIn("glm-4", listed)

    def test_the_local_row_has_a_price_of_nothing(self):
        row = self.ferry.rows("SELECT * FROM ai_models WHERE model_name = 'llama2'")[0]
        self.assertEqual((row["cost_per_1k_tokens"], row["is_enabled"]), (0, 1))

    def test_a_file_of_statements_runs_too(self):
        file = self.ferry.folder / "setup.sql"
        file.write_text(INSERT_HEAD.replace("\n", "\r\n") + INSERTS["glm-4"].replace("'glm-4'", "'glm-from-file'"))
        self.ferry.run("sql", "-f", str(file))
        self.assertEqual(len(self.ferry.rows("SELECT * FROM ai_models WHERE model_name = 'glm-from-file'")), 1)

    def test_a_wrong_statement_is_an_error_with_code_1(self):
        done = self.ferry.run("sql", "-c", "INSERT INTO no_such_table VALUES (1);", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no_such_table", done.stderr)


class PsqlFerry(PostgresFerry):
    def sql(self, text):
        return self.psql(text)


class ReferenceDocumentOnPostgres(PostgresCase, ReferenceDocument):
    """The same, with the statements given to psql."""

    @classmethod
    def make_ferry(cls):
        return PsqlFerry(cls.cluster, cls.cluster.new_database(), cls.options)
