#include "store/conformance/conversation_fixture.hpp"

namespace ferry::store {

BOOST_FIXTURE_TEST_SUITE(migration_of_conversations, fresh_store)

BOOST_AUTO_TEST_CASE(what_somebody_put_into_the_tables_of_before_is_still_there) {
    const auto known = own_migrations();
    const auto ours =
        std::find_if(known.begin(), known.end(), [](const auto& one) { return one.name == "conversations"; });
    BOOST_TEST_REQUIRE((ours != known.end()));
    const auto before = with(known.first(static_cast<std::size_t>(ours - known.begin())));
    before->migrate();
    before->sql()->run(
        "INSERT INTO conversations (user_id, id, title, created_at) VALUES (7, 5, 't', '2030-01-02 03:04:05.678901'),"
        " (7, 6, NULL, '2030-01-02 03:04:05.678901');"
        "INSERT INTO messages (user_id, conversation_id, position, role, content, request_id)"
        " VALUES (7, 5, 2, 'user', '\"a\"', 'r'), (7, 5, 3, 'assistant', NULL, 'r'), (7, 5, 6, 'user', '\"b\"', NULL)",
        [](const sql_result&) {});
    const auto after = open(chosen());
    after->migrate();
    const auto chats = after->conversations();
    BOOST_TEST(chats->find(7, 5).value().message_count == 3);
    BOOST_TEST(chats->find(7, 6).value().title == "");
    BOOST_TEST(chats->find(7, 6)->message_count == 0);
    const auto messages = chats->messages(7, 5, {.is_ascending = true}).value();
    BOOST_TEST(conversation_fixture::text_of(messages) == "0 a,1 null,4 b");
    const turn_row turn = turn_of(7, 5, "new", chats->tail(7, 5, 1, 1).next_position, some_time_us);
    BOOST_TEST(chats->append(std::span(&turn, 1)) == 1u);
    BOOST_TEST(conversation_fixture::text_of(chats->messages(7, 5, {.most = 2}).value()) == "6 new!,5 new?");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
