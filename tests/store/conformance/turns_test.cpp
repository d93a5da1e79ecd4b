#include <thread>

#include "store/conformance/conversation_fixture.hpp"

namespace ferry::store {

namespace {

constexpr std::int64_t second_us = 1'000'000;

using turns = std::vector<turn_row>;

turn_row full_turn() {
    turn_row made = turn_of(-3, 9'000'000'000'000'000'000, "full", 0, some_time_us);
    message_row& answer = made.messages[1];
    answer.content = R"([ {"type":"text",  "text":"\u0000 \ud800 \"\\ 中 {},", "n":1.0e+2, "n":1} ])";
    answer.extra = R"({"tool_calls":[{"id":"\u0000"}],  "name" : "n"})";
    answer.model_id = 4;
    answer.model = "gpt \"x\", {}";
    answer.finish_reason = "stop";
    answer.end_reason = "done";
    answer.prompt_tokens = 12;
    answer.completion_tokens = 13;
    made.messages.push_back(message_of("tool", "null"));
    return made;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(turns_of_conversations, conversation_fixture)

BOOST_AUTO_TEST_CASE(a_turn_makes_its_conversation_and_comes_back_as_it_was) {
    const turn_row turn = full_turn();
    BOOST_TEST(add(turn) == 1u);
    const auto made = chats->find(turn.owner, turn.conversation_id).value();
    BOOST_TEST(made.title == "title of full");
    BOOST_TEST(made.created_at_us == turn.request_started_at_us);
    BOOST_TEST(made.updated_at_us == turn.ended_at_us);
    BOOST_TEST(made.message_count == 3);
    auto stored = chats->messages(turn.owner, turn.conversation_id, {.is_ascending = true}).value();
    BOOST_TEST((chats->tail(turn.owner, turn.conversation_id, 10, 1000).messages == stored));
    BOOST_TEST_REQUIRE(stored.size() == 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        message_row expected = turn.messages[i];
        BOOST_TEST(stored[i].id != 0);
        expected.id = stored[i].id;
        expected.position = static_cast<std::int64_t>(i);
        expected.request_id = "full";
        expected.created_at_us = turn.ended_at_us;
        BOOST_TEST((stored[i] == expected));
        BOOST_TEST(stored[i].content == expected.content);
    }
}

BOOST_AUTO_TEST_CASE(messages_of_eight_mebibytes_come_back_byte_for_byte) {
    turn_row turn = turn_of(7, 5, "long", 0, some_time_us);
    std::string text;
    while (text.size() < (std::size_t{8} << 20))
        text += R"(word \"quoted\" \\ \n \ud83d 中 )" + std::to_string(text.size());
    for (message_row& message : turn.messages) message.content = '"' + text + '"';
    turn.search_texts = {text, text + "needle"};
    BOOST_TEST(add(turn) == 1u);
    const auto stored = chats->messages(7, 5, {}).value();
    BOOST_TEST_REQUIRE(stored.size() == 2u);
    BOOST_TEST((stored[0].content == turn.messages[0].content));
    BOOST_TEST(chats->tail(7, 5, 10, 10 << 20).messages.size() == 1u);
    BOOST_TEST(chats->tail(7, 5, 10, 20 << 20).messages.size() == 2u);
    BOOST_TEST(listed(7, {}, "NEEDLE") == "5");
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_stored_already_changes_nothing) {
    const turns both = {turn_of(7, 5, "a", 0, some_time_us), turn_of(7, 5, "b", 2, some_time_us + 1)};
    BOOST_TEST(chats->append(both) == 2u);
    const auto before = chats->find(7, 5);
    BOOST_TEST(chats->append(both) == 0u);
    const turns more = {both[1], turn_of(7, 5, "c", 4, some_time_us + 2), both[0],
                        turn_of(7, 5, "c", 4, some_time_us + 2)};
    BOOST_TEST(chats->append(more) == 1u);
    BOOST_TEST(said(7, 5) == "0 a?,1 a!,2 b?,3 b!,4 c?,5 c!");
    BOOST_TEST(before->message_count == 4);
    // The same id at another time is another request's.
    BOOST_TEST(add(turn_of(7, 5, "a", 6, some_time_us + 9)) == 1u);
    BOOST_TEST(count(7, 5) == 8);
    BOOST_TEST(chats->append({}) == 0u);
    turn_row empty = turn_of(7, 66, "e", 0, some_time_us);
    empty.messages.clear();
    BOOST_TEST(add(empty) == 0u);
    BOOST_TEST(!chats->find(7, 66));
}

BOOST_AUTO_TEST_CASE(turns_stand_where_they_belong_in_whatever_order_they_come) {
    const turns ordered = {turn_of(7, 5, "a", 0, some_time_us), turn_of(7, 5, "b", 2, some_time_us + second_us),
                           turn_of(7, 5, "c", 4, some_time_us + 2 * second_us),
                           turn_of(7, 5, "d", 6, some_time_us + 3 * second_us)};
    add(ordered[3]);
    BOOST_TEST(count(7, 5) == 2);
    BOOST_TEST(said(7, 5) == "6 d?,7 d!");
    BOOST_TEST(chats->tail(7, 5, 10, 100).next_position == 8);
    add(ordered[1]);
    BOOST_TEST(count(7, 5) == 4);
    chats->append(turns{ordered[2], ordered[0]});
    BOOST_TEST(said(7, 5) == "0 a?,1 a!,2 b?,3 b!,4 c?,5 c!,6 d?,7 d!");
    BOOST_TEST(count(7, 5) == 8);
    BOOST_TEST(chats->find(7, 5)->created_at_us == ordered[0].request_started_at_us);
    BOOST_TEST(chats->find(7, 5)->updated_at_us == ordered[3].ended_at_us);
    BOOST_TEST(chats->find(7, 5)->title == "title of d");
    add(turn_of(7, 5, "e", 8, some_time_us));
    BOOST_TEST(count(7, 5) == 10);
}

BOOST_AUTO_TEST_CASE(a_turn_whose_place_is_taken_goes_to_the_end) {
    // Two replicas that knew nothing of each other.
    add(turn_of(7, 5, "a", 0, some_time_us));
    const auto other = again()->conversations();
    other->append(turns{turn_of(7, 5, "x", 0, some_time_us + 1)});
    add(turn_of(7, 5, "b", 2, some_time_us + 2));
    BOOST_TEST(said(7, 5) == "0 a?,1 a!,2 x?,3 x!,4 b?,5 b!");
    // Within one call, and overlapping in part.
    chats->append(turns{turn_of(7, 6, "a", 0, some_time_us + 10), turn_of(7, 6, "x", 1, some_time_us + 11),
                        turn_of(7, 6, "far", 6, some_time_us + 12), turn_of(7, 6, "overlaps", 5, some_time_us + 13),
                        turn_of(7, 6, "fits", 4, some_time_us + 14)});
    BOOST_TEST(said(7, 6) == "0 a?,1 a!,2 x?,3 x!,4 fits?,5 fits!,6 far?,7 far!,8 overlaps?,9 overlaps!");
    BOOST_TEST(count(7, 6) == 10);
    // The same against what earlier calls stored.
    add(turn_of(7, 8, "far", 4, some_time_us + 20));
    add(turn_of(7, 8, "overlaps", 3, some_time_us + 21));
    add(turn_of(7, 8, "fits", 2, some_time_us + 22));
    add(turn_of(7, 8, "taken", 2, some_time_us + 23));
    BOOST_TEST(said(7, 8) == "2 fits?,3 fits!,4 far?,5 far!,6 overlaps?,7 overlaps!,8 taken?,9 taken!");
    BOOST_TEST(count(7, 8) == 8);
    // Positions that cannot be.
    add(turn_of(7, 7, "a", -1, some_time_us + 30));
    add(turn_of(7, 7, "b", INT64_MAX, some_time_us + 31));
    BOOST_TEST(said(7, 7) == "0 a?,1 a!,2 b?,3 b!");
}

BOOST_AUTO_TEST_CASE(a_title_is_given_once) {
    turn_row untitled = turn_of(7, 5, "a", 0, some_time_us);
    untitled.title = "";
    add(untitled);
    BOOST_TEST(chats->find(7, 5)->title == "");
    add(turn_of(7, 5, "b", 2, some_time_us + 1));
    BOOST_TEST(chats->find(7, 5)->title == "title of b");
    add(turn_of(7, 5, "c", 4, some_time_us + 2));
    BOOST_TEST(chats->find(7, 5)->title == "title of b");
    chats->create(7, 6, "mine", some_time_us);
    add(turn_of(7, 6, "d", 0, some_time_us + 3));
    BOOST_TEST(chats->find(7, 6)->title == "mine");
    BOOST_TEST(count(7, 6) == 2);
}

BOOST_AUTO_TEST_CASE(turns_begun_before_a_removal_are_dropped_and_later_ones_begin_anew) {
    const std::int64_t removed_at = some_time_us + 10 * second_us;
    add(turn_of(7, 5, "a", 0, some_time_us));
    chats->remove(7, 5, removed_at);
    BOOST_TEST(add(turn_of(7, 5, "late", 2, removed_at - 1)) == 0u);
    BOOST_TEST(!chats->find(7, 5));
    const auto tail = chats->tail(7, 5, 10, 100);
    BOOST_TEST(tail.next_position == 2);

    BOOST_TEST(add(turn_of(7, 5, "second", tail.next_position + 2, removed_at + second_us)) == 1u);
    BOOST_TEST(add(turn_of(7, 5, "first", tail.next_position, removed_at)) == 1u);
    const auto anew = chats->find(7, 5).value();
    BOOST_TEST(anew.title == "title of second");
    BOOST_TEST(anew.created_at_us == removed_at);
    BOOST_TEST(anew.message_count == 4);
    BOOST_TEST(said(7, 5) == "0 first?,1 first!,2 second?,3 second!");
    BOOST_TEST(chats->tail(7, 5, 10, 100).next_position == 6);
    BOOST_TEST(text_of(chats->tail(7, 5, 2, 100).messages) == "2 second?,3 second!");
    BOOST_TEST(listed(7, {}, "a?") == "");

    // It is there again, and what began before the removal is still dropped; what knew no position goes to the end.
    BOOST_TEST(add(turn_of(7, 5, "late", 2, removed_at - 1)) == 0u);
    BOOST_TEST(add(turn_of(7, 5, "unknowing", 0, removed_at + 2 * second_us)) == 1u);
    BOOST_TEST(said(7, 5) == "0 first?,1 first!,2 second?,3 second!,4 unknowing?,5 unknowing!");

    chats->remove(7, 5, removed_at + 20 * second_us);
    chats->create(7, 5, "by hand", removed_at + 30 * second_us);
    BOOST_TEST(add(turn_of(7, 5, "late too", 8, removed_at + 19 * second_us)) == 0u);
    BOOST_TEST(add(turn_of(7, 5, "b", 8, removed_at + 30 * second_us)) == 1u);
    BOOST_TEST(said(7, 5) == "0 b?,1 b!");
    BOOST_TEST(chats->find(7, 5)->title == "by hand");
}

BOOST_AUTO_TEST_CASE(what_was_removed_is_purged_bit_by_bit) {
    turns given;
    for (int i = 0; i < 700; ++i) given.push_back(turn_of(7, 5, "old" + std::to_string(i), i * 2, some_time_us + i));
    for (int id = 100; id < 350; ++id) given.push_back(turn_of(7, id, "o" + std::to_string(id), 0, some_time_us));
    given.push_back(turn_of(8, 5, "kept", 0, some_time_us));
    BOOST_TEST(chats->append(given) == given.size());
    BOOST_TEST(!chats->purge(some_time_us + 100 * second_us));
    const std::int64_t removed_at = some_time_us + 100 * second_us;
    chats->remove(7, 5, removed_at);
    for (int id = 100; id < 350; ++id) chats->remove(7, id, removed_at);
    add(turn_of(7, 5, "new", 1400, removed_at + second_us));

    BOOST_TEST(!chats->purge(removed_at));
    BOOST_TEST(ask("SELECT count(*) FROM messages") == "1904");
    BOOST_TEST(chats->purge(removed_at + 1));
    BOOST_TEST(std::stoi(ask("SELECT count(*) FROM messages")) >= 1904 - 600);
    int steps = 1;
    while (chats->purge(removed_at + 1)) ++steps;
    BOOST_TEST(steps < 30);
    BOOST_TEST(list("SELECT content FROM messages ORDER BY id") == R"("kept?","kept!","new?","new!")");
    BOOST_TEST(ask("SELECT count(*) FROM conversations") == "2");
    BOOST_TEST(said(7, 5) == "0 new?,1 new!");
    BOOST_TEST(add(turn_of(7, 5, "late", 0, removed_at - 1)) == 0u);

    // Removed again, later: what was left of that is not old enough.
    chats->remove(7, 5, removed_at + 10 * second_us);
    BOOST_TEST(!chats->purge(removed_at + 10 * second_us));
    while (chats->purge(removed_at + 11 * second_us)) continue;
    BOOST_TEST(ask("SELECT count(*) FROM conversations") == "1");
    BOOST_TEST(chats->tail(7, 5, 1, 1).next_position == 0);
}

BOOST_AUTO_TEST_CASE(a_purge_does_not_wait_for_a_removal_that_others_follow) {
    add(turn_of(7, 5, "a", 0, some_time_us));
    chats->remove(7, 5, some_time_us + second_us);
    add(turn_of(7, 5, "b", 2, some_time_us + 2 * second_us));
    chats->remove(7, 5, some_time_us + 30 * second_us);
    while (chats->purge(some_time_us + 10 * second_us)) continue;
    BOOST_TEST(ask("SELECT count(*) FROM messages") == "0");
    // The row stays, so that what began before the second removal is still known to be late.
    BOOST_TEST(add(turn_of(7, 5, "late", 4, some_time_us + 29 * second_us)) == 0u);
    BOOST_TEST(!chats->find(7, 5));
    BOOST_TEST(ask("SELECT count(*) FROM conversations") == "1");
}

BOOST_AUTO_TEST_CASE(a_turn_the_store_refuses_is_not_stored_in_part) {
    turn_row broken = turn_of(7, 5, "broken", 0, some_time_us);
    broken.messages[1].content = "{";
    BOOST_CHECK_THROW(add(broken), row_refused);
    BOOST_CHECK_THROW(chats->append(turns{turn_of(7, 6, "a", 0, some_time_us), broken}), row_refused);
    BOOST_TEST(!chats->find(7, 5));
    BOOST_TEST(ask("SELECT count(*) FROM messages") == "0");
    BOOST_TEST(ask("SELECT count(*) FROM conversations") == "0");
    BOOST_TEST(add(turn_of(7, 6, "a", 0, some_time_us)) == 1u);
}

BOOST_AUTO_TEST_CASE(several_programs_add_turns_of_the_same_conversations_at_once) {
    constexpr int programs = 4, rounds = 12, conversations = 8;
    std::atomic<int> failed = 0, added = 0;
    {
        std::vector<std::jthread> shippers;
        for (int program = 0; program < programs; ++program) {
            shippers.emplace_back([&, program] {
                options patient = chosen();
                patient.busy_timeout = std::chrono::seconds(10);
                const auto own = open(patient)->conversations();
                for (int round = 0; round < rounds; ++round) {
                    turns batch;
                    for (int i = 0; i < conversations; ++i) {
                        // Each in an order of its own, and every other program ships the same turns once more.
                        const int id = (i * 3 + program * 5) % conversations;
                        const std::string name =
                            std::to_string(program / 2) + "/" + std::to_string(round) + "/" + std::to_string(id);
                        batch.push_back(turn_of(7, id, name, round * 2, some_time_us + round));
                    }
                    try {
                        added += static_cast<int>(own->append(batch));
                    } catch (const store_error& error) {
                        BOOST_TEST_MESSAGE(error.what());
                        ++failed;
                    }
                }
            });
        }
    }
    BOOST_TEST(failed == 0);
    BOOST_TEST(added == programs / 2 * rounds * conversations);
    for (int id = 0; id < conversations; ++id) BOOST_TEST(count(7, id) == programs / 2 * rounds * 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
