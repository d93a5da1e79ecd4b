#include "store/conformance/conversation_fixture.hpp"

namespace ferry::store {

namespace {

constexpr std::int64_t second_us = 1'000'000;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(conversations, conversation_fixture)

BOOST_AUTO_TEST_CASE(one_is_made_once_and_found) {
    const auto made = chats->create(7, 5, "A \"title\" \\ 中", some_time_us);
    const conversation_row expected{.owner = 7,
                                    .id = 5,
                                    .title = "A \"title\" \\ 中",
                                    .created_at_us = some_time_us,
                                    .updated_at_us = some_time_us,
                                    .message_count = 0};
    BOOST_TEST((made == expected));
    BOOST_TEST(!chats->create(7, 5, "again", some_time_us + 1));
    BOOST_TEST((chats->find(7, 5) == expected));
    BOOST_TEST(!chats->find(7, 6));
    BOOST_TEST(said(7, 5) == "");
    BOOST_TEST(said(7, 6) == "none");
    BOOST_TEST((again()->conversations()->find(7, 5) == expected));
}

BOOST_AUTO_TEST_CASE(it_gets_another_title) {
    BOOST_TEST(!chats->rename(7, 5, "x", some_time_us));
    chats->create(7, 5, "old", some_time_us);
    const auto renamed = chats->rename(7, 5, "new", some_time_us + second_us);
    BOOST_TEST_REQUIRE(renamed.has_value());
    BOOST_TEST(renamed->title == "new");
    BOOST_TEST(renamed->created_at_us == some_time_us);
    BOOST_TEST(renamed->updated_at_us == some_time_us + second_us);
    BOOST_TEST((chats->find(7, 5) == renamed));
}

BOOST_AUTO_TEST_CASE(titles_that_not_every_store_can_keep_are_refused) {
    chats->create(7, 5, "", some_time_us);
    for (const std::string& title : {std::string("a\0b", 3), std::string("\xff"), std::string("\xed\xa0\x80")}) {
        BOOST_CHECK_THROW(chats->create(7, 6, title, some_time_us), row_refused);
        BOOST_CHECK_THROW(chats->rename(7, 5, title, some_time_us), row_refused);
    }
    BOOST_TEST(listed(7) == "5");
}

BOOST_AUTO_TEST_CASE(one_that_was_removed_is_as_one_that_never_was) {
    BOOST_TEST(!chats->remove(7, 5, some_time_us));
    add(turn_of(7, 5, "a", 0, some_time_us));
    const std::int64_t first_message = chats->messages(7, 5, {})->back().id;
    BOOST_TEST(chats->remove(7, 5, some_time_us + second_us));
    BOOST_TEST(!chats->remove(7, 5, some_time_us + second_us));
    BOOST_TEST(!chats->find(7, 5));
    BOOST_TEST(!chats->rename(7, 5, "x", some_time_us));
    BOOST_TEST(said(7, 5) == "none");
    BOOST_TEST(said(7, 5, {.after = first_message}) == "none");
    BOOST_TEST(chats->tail(7, 5, 10, 1000).messages.empty());
    BOOST_TEST(listed(7) == "");
    BOOST_TEST(listed(7, {}, "a") == "");
    BOOST_TEST(listed(7, {.after = 5}) == "none");
    BOOST_TEST(!holds("title LIKE '%a%'", "conversations"));

    BOOST_TEST(chats->create(7, 5, "anew", some_time_us + 2 * second_us).value().message_count == 0);
    BOOST_TEST(chats->find(7, 5)->created_at_us == some_time_us + 2 * second_us);
    BOOST_TEST(said(7, 5) == "");
    BOOST_TEST(listed(7, {}, "a?") == "");
    BOOST_TEST(said(7, 5, {.after = first_message}) == "none");
    BOOST_TEST(chats->tail(7, 5, 10, 1000).messages.empty());
}

BOOST_AUTO_TEST_CASE(nobody_sees_or_changes_what_another_owner_has) {
    add(turn_of(7, 5, "mine", 0, some_time_us));
    add(turn_of(8, 5, "theirs", 0, some_time_us + 1));
    add(turn_of(8, 6, "theirs too", 0, some_time_us + 2));
    const std::int64_t their_message = chats->messages(8, 5, {})->back().id;
    const auto theirs = chats->find(8, 5);
    BOOST_TEST(!chats->find(7, 6));
    BOOST_TEST(!chats->rename(7, 6, "x", some_time_us));
    BOOST_TEST(!chats->remove(7, 6, some_time_us + second_us));
    BOOST_TEST(said(7, 6) == "none");
    BOOST_TEST(said(7, 5, {.after = their_message}) == "none");
    BOOST_TEST(chats->tail(7, 6, 10, 1000).next_position == 0);
    BOOST_TEST(chats->tail(7, 6, 10, 1000).messages.empty());
    BOOST_TEST(text_of(chats->tail(7, 5, 10, 1000).messages) == "0 mine?,1 mine!");
    BOOST_TEST(listed(7) == "5");
    BOOST_TEST(listed(7, {.after = 6}) == "none");
    BOOST_TEST(listed(7, {}, "theirs") == "");
    BOOST_TEST(chats->create(7, 6, "mine too", some_time_us).has_value());
    BOOST_TEST(chats->rename(7, 5, "mine, renamed", some_time_us).has_value());
    BOOST_TEST(chats->remove(7, 5, some_time_us + second_us));
    while (chats->purge(some_time_us + 2 * second_us)) continue;
    BOOST_TEST((chats->find(8, 5) == theirs));
    BOOST_TEST(said(8, 5) == "0 theirs?,1 theirs!");
    BOOST_TEST(said(8, 6) == "0 theirs too?,1 theirs too!");
    // The owner of keys without users is none of them.
    BOOST_TEST(listed(-8) == "");
    BOOST_TEST(listed(0) == "");
}

BOOST_AUTO_TEST_CASE(a_list_is_given_in_pages_in_both_directions) {
    // 1 and 2, 4 and 5 were made at the same time.
    for (const auto& [id, minute] : {std::pair{5, 1}, {2, 0}, {9, 3}, {4, 1}, {1, 0}})
        chats->create(7, id, "t", some_time_us + minute * 60 * second_us);
    BOOST_TEST(listed(7) == "9,5,4,2,1");
    BOOST_TEST(listed(7, {.most = 1000, .is_ascending = true}) == "1,2,4,5,9");
    for (const bool is_ascending : {false, true}) {
        std::string joined;
        std::optional<std::int64_t> after;
        for (;;) {
            const auto page = chats->list(7, {.most = 2, .after = after, .is_ascending = is_ascending}, "").value();
            if (page.empty()) break;
            BOOST_TEST(page.size() <= 2u);
            for (const conversation_row& one : page) joined += std::to_string(one.id);
            after = page.back().id;
        }
        BOOST_TEST(joined == (is_ascending ? "12459" : "95421"));
    }
    BOOST_TEST(listed(7, {.after = 77}) == "none");
    BOOST_TEST(listed(7, {.most = 0}) == "");
    BOOST_TEST(listed(7, {.most = std::size_t(-1), .after = 9}) == "5,4,2,1");
}

BOOST_AUTO_TEST_CASE(what_is_looked_for_is_found_in_titles_and_messages_whatever_the_case) {
    chats->create(7, 1, "Holiday in PARIS", some_time_us);
    chats->create(7, 2, "100% of it", some_time_us + 1);
    chats->create(7, 3, "snake_case \\ back", some_time_us + 2);
    turn_row turn = turn_of(7, 4, "a", 0, some_time_us + 3);
    turn.title = "";
    turn.search_texts = {"Wo liegt paris?", "您好，巴黎 Straße"};
    add(turn);
    const auto found = [this](const std::string& words) { return listed(7, {}, words); };
    BOOST_TEST(found("Paris") == "4,1");
    BOOST_TEST(found("pArIs?") == "4");
    BOOST_TEST(found("%") == "2");
    BOOST_TEST(found("0%") == "2");
    BOOST_TEST(found("_") == "3");
    BOOST_TEST(found("e_c") == "3");
    BOOST_TEST(found("\\") == "3");
    BOOST_TEST(found("e'c\"") == "");
    BOOST_TEST(found("巴黎") == "4");
    BOOST_TEST(found("stRaße") == "4");
    BOOST_TEST(found("i%y") == "");
    BOOST_TEST(found(std::string("Paris\0", 6)) == "");
    BOOST_TEST(found("Paris\xff") == "");
    BOOST_TEST(found(std::string(200'000, '%')) == "");
    BOOST_TEST(listed(7, {.most = 1}, "paris") == "4");
    BOOST_TEST(listed(7, {.after = 4}, "paris") == "1");
    BOOST_TEST(listed(7, {.after = 1, .is_ascending = true}, "paris") == "4");
    BOOST_TEST(listed(7, {.after = 77}, "\xff") == "none");
    BOOST_TEST(listed(8, {}, "paris") == "");
}

BOOST_AUTO_TEST_CASE(messages_are_given_in_pages_in_both_directions) {
    for (int i = 0; i < 3; ++i) add(turn_of(7, 5, std::string(1, 'a' + i), i * 2, some_time_us + i));
    BOOST_TEST(said(7, 5) == "0 a?,1 a!,2 b?,3 b!,4 c?,5 c!");
    BOOST_TEST(said(7, 5, {.most = 2}) == "5 c!,4 c?");
    const auto all = chats->messages(7, 5, {.most = 100, .is_ascending = true}).value();
    BOOST_TEST(said(7, 5, {.most = 2, .after = all[4].id}) == "3 b!,2 b?");
    BOOST_TEST(said(7, 5, {.most = 2, .after = all[1].id}) == "0 a?");
    BOOST_TEST(said(7, 5, {.most = 2, .after = all[0].id}) == "");
    BOOST_TEST(said(7, 5, {.most = 2, .after = all[1].id, .is_ascending = true}) == "2 b?,3 b!");
    BOOST_TEST(said(7, 5, {.after = all[5].id, .is_ascending = true}) == "");
    BOOST_TEST(said(7, 5, {.after = all[5].id + 100}) == "none");
    add(turn_of(7, 6, "other", 0, some_time_us));
    BOOST_TEST(said(7, 6, {.after = all[0].id}) == "none");
}

BOOST_AUTO_TEST_CASE(a_tail_is_bounded_by_messages_and_by_bytes) {
    BOOST_TEST(chats->tail(7, 5, 10, 100).next_position == 0);
    for (int i = 0; i < 3; ++i) add(turn_of(7, 5, std::string(1, 'a' + i), i * 2, some_time_us + i));
    const auto tail = [this](std::size_t most, std::size_t most_bytes) {
        const auto found = chats->tail(7, 5, most, most_bytes);
        BOOST_TEST(found.next_position == 6);
        return text_of(found.messages);
    };
    BOOST_TEST(tail(100, 1000) == "0 a?,1 a!,2 b?,3 b!,4 c?,5 c!");
    BOOST_TEST(tail(3, 1000) == "3 b!,4 c?,5 c!");
    BOOST_TEST(tail(0, 1000) == "");
    // Each has four bytes.
    BOOST_TEST(tail(100, 8) == "4 c?,5 c!");
    BOOST_TEST(tail(100, 11) == "4 c?,5 c!");
    BOOST_TEST(tail(100, 12) == "3 b!,4 c?,5 c!");
    BOOST_TEST(tail(1, 12) == "5 c!");
    BOOST_TEST(tail(100, 0) == "5 c!");
    turn_row last = turn_of(7, 5, "d", 6, some_time_us + 9);
    last.messages[1].extra = R"({"name": "x"})";
    add(last);
    BOOST_TEST(text_of(chats->tail(7, 5, 100, 17).messages) == "7 d!");
    BOOST_TEST(text_of(chats->tail(7, 5, 100, 21).messages) == "6 d?,7 d!");
}

BOOST_AUTO_TEST_CASE(a_tail_begins_with_the_last_instruction_before_it) {
    turn_row first = turn_of(7, 5, "a", 0, some_time_us);
    first.messages[0].role = "system";
    first.messages[1].role = "developer";
    add(first);
    add(turn_of(7, 5, "b", 2, some_time_us));
    add(turn_of(7, 5, "c", 4, some_time_us));
    BOOST_TEST(text_of(chats->tail(7, 5, 2, 1000).messages) == "1 a!,4 c?,5 c!");
    BOOST_TEST(text_of(chats->tail(7, 5, 5, 1000).messages) == "0 a?,1 a!,2 b?,3 b!,4 c?,5 c!");
    BOOST_TEST(text_of(chats->tail(7, 5, 6, 1000).messages) == "0 a?,1 a!,2 b?,3 b!,4 c?,5 c!");
    chats->remove(7, 5, some_time_us + 10);
    add(turn_of(7, 5, "d", 6, some_time_us + 20));
    BOOST_TEST(text_of(chats->tail(7, 5, 1, 1000).messages) == "1 d!");
}

BOOST_AUTO_TEST_CASE(a_page_of_long_messages_is_shorter_than_was_asked_for) {
    turn_row long_ones = turn_of(7, 5, "a", 0, some_time_us);
    long_ones.messages[0].content = '"' + std::string(17 << 20, 'x') + '"';
    long_ones.messages[1].content = '"' + std::string(17 << 20, 'y') + '"';
    long_ones.messages.push_back(message_of("user", "\"z\""));
    long_ones.search_texts.push_back("z");
    add(long_ones);
    page_of page{.most = 100, .is_ascending = true};
    std::string positions;
    for (auto found = chats->messages(7, 5, page); found && !found->empty(); found = chats->messages(7, 5, page)) {
        for (const auto& one : *found) positions += std::to_string(one.position);
        positions += ' ';
        page.after = found->back().id;
    }
    BOOST_TEST(positions == "0 12 ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::store
