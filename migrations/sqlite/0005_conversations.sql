-- Conversations and their messages.

-- The messages of a conversation stand from first_position up to next_position, which is not among them, and `gaps` of
-- these positions are empty: what belongs there has not come yet, or never will.
ALTER TABLE conversations ADD COLUMN first_position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN next_position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN gaps INTEGER NOT NULL DEFAULT 0;
-- What deleted_at was last, kept when the conversation begins anew: turns begun before it are dropped.
ALTER TABLE conversations ADD COLUMN last_deleted_at TEXT;
-- Since when there may be messages below first_position, or a row whose conversation was removed, to take away.
ALTER TABLE conversations ADD COLUMN leftover_since TEXT;
CREATE INDEX conversations_by_time ON conversations (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX conversations_with_leftovers ON conversations (leftover_since) WHERE leftover_since IS NOT NULL;

-- Made anew for the order of its columns: what stands behind a long text is read by reading the text.
CREATE TABLE new_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    bytes INTEGER NOT NULL DEFAULT 0,  -- of content and extra
    model_id INTEGER,
    model_name TEXT,
    request_id TEXT,
    request_started_at TEXT,
    ordinal INTEGER,  -- among the messages of its request: 0, 1, ...
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    finish_reason TEXT,
    end_reason TEXT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    search_text TEXT,
    content TEXT CHECK (content IS NULL OR json_valid(content)),
    extra TEXT CHECK (extra IS NULL OR json_valid(extra)),  -- the message's other members: name, tool_calls, ...
    UNIQUE (user_id, conversation_id, position),
    FOREIGN KEY (user_id, conversation_id) REFERENCES conversations (user_id, id) ON DELETE CASCADE
);
INSERT INTO new_messages (id, user_id, conversation_id, position, role, content, model_id, request_id, prompt_tokens,
    completion_tokens, end_reason, created_at)
SELECT id, user_id, conversation_id, position, role, content, model_id, request_id, prompt_tokens, completion_tokens,
    end_reason, created_at FROM messages;
DROP TABLE messages;
ALTER TABLE new_messages RENAME TO messages;
-- The last instructions of a long conversation are found without reading it.
CREATE INDEX messages_of_instruction ON messages (user_id, conversation_id, position)
    WHERE role IN ('system', 'developer');
-- A turn that is stored already is known by its first message.
CREATE UNIQUE INDEX messages_by_turn ON messages (request_id, request_started_at) WHERE ordinal = 0;

UPDATE conversations SET first_position = found.first, next_position = found.next, gaps = found.next - found.first - n
FROM (SELECT user_id, conversation_id, min(position) AS first, max(position) + 1 AS next, count(*) AS n
      FROM messages GROUP BY user_id, conversation_id) AS found
WHERE conversations.user_id = found.user_id AND conversations.id = found.conversation_id;
