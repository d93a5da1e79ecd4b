-- Conversations and their messages, in the tables that 0001 made for them.

-- The messages of a conversation stand from first_position up to next_position, which is not among them, and `gaps` of
-- these positions are empty: what belongs there has not come yet, or never will.
ALTER TABLE conversations
    ADD COLUMN first_position BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN next_position BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN gaps BIGINT NOT NULL DEFAULT 0,
    -- What deleted_at was last, kept when the conversation begins anew: turns begun before it are dropped.
    ADD COLUMN last_deleted_at TIMESTAMPTZ,
    -- Since when there may be messages below first_position, or a row whose conversation was removed, to take away.
    ADD COLUMN leftover_since TIMESTAMPTZ;
-- Every turn changes the row: the new version fits beside the old one.
ALTER TABLE conversations SET (fillfactor = 70);
CREATE INDEX conversations_by_time ON conversations (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX conversations_with_leftovers ON conversations (leftover_since) WHERE leftover_since IS NOT NULL;

ALTER TABLE messages
    -- JSON keeps the bytes; JSONB does not, and refuses \u0000 and lone surrogates.
    ALTER COLUMN content TYPE JSON USING content::text::json,
    ALTER COLUMN request_id TYPE TEXT COLLATE "C",
    ADD COLUMN extra JSON,         -- the message's other members: name, tool_calls, ...
    ADD COLUMN bytes BIGINT NOT NULL DEFAULT 0,  -- of content and extra, known without reading them
    ADD COLUMN search_text TEXT,
    ADD COLUMN model_name TEXT,
    ADD COLUMN request_started_at TIMESTAMPTZ,
    ADD COLUMN ordinal BIGINT,     -- among the messages of its request: 0, 1, ...
    ADD COLUMN finish_reason TEXT;
-- The last instructions of a long conversation are found without reading it.
CREATE INDEX messages_of_instruction ON messages (user_id, conversation_id, position)
    WHERE role IN ('system', 'developer');
-- A turn that is stored already is known by its first message.
CREATE UNIQUE INDEX messages_by_turn ON messages (request_id, request_started_at) WHERE ordinal = 0;

UPDATE conversations SET first_position = found.first, next_position = found.next, gaps = found.next - found.first - n
FROM (SELECT user_id, conversation_id, min(position) AS first, max(position) + 1 AS next, count(*) AS n
      FROM messages GROUP BY user_id, conversation_id) AS found
WHERE conversations.user_id = found.user_id AND conversations.id = found.conversation_id;
