#include <boost/test/unit_test.hpp>

#include "access/key_rows.hpp"

using namespace ferry;
using namespace ferry::access::testing;

BOOST_AUTO_TEST_SUITE(key_table)

BOOST_AUTO_TEST_CASE(a_key_that_a_connection_used_before_is_judged_anew_where_anything_changed) {
    key_row row = row_for(key_number(1), 1);
    row.expires_at_us = now + 10;
    const auto table = table_of({row, row_for(key_number(2), 2)});
    access::recent_key recent;
    for (int i = 0; i < 2; ++i) BOOST_TEST((*table.authenticate(key_number(1), now, recent))->key_id.value() == 1);
    BOOST_TEST(!table.authenticate(key_number(1), now + 10, recent).has_value());
    BOOST_TEST(!table.authenticate(key_number(3), now, recent).has_value());
    BOOST_TEST((*table.authenticate(key_number(2), now, recent))->key_id.value() == 2);
    BOOST_TEST((*table.authenticate(key_number(1), now, recent))->key_id.value() == 1);

    row.is_enabled = false;
    const auto without = table_of({row});
    BOOST_TEST(!without.authenticate(key_number(1), now, recent).has_value());
    row.is_enabled = true;
    row.id = 9;
    const auto renamed = table_of({row});
    BOOST_TEST((*renamed.authenticate(key_number(1), now, recent))->key_id.value() == 9);
}

BOOST_AUTO_TEST_CASE(a_key_gives_its_holder) {
    key_row row = row_for(key_number(7), 7);
    row.user_id = 70;
    row.team_id = 700;
    row.rpm = 60;
    row.tpm = 1000;
    row.max_parallel = 4;
    row.budget_pico = 5'000'000'000'000;
    row.budget_period = "month";
    const auto table = table_of({row_for(key_number(6), 6), row, row_for(key_number(8), 8)});
    const auto holder = authenticate(table, key_number(7), now);
    BOOST_REQUIRE(holder);
    BOOST_TEST((*holder)->key_id.value() == 7);
    BOOST_TEST((*holder)->user_id.value() == 70);
    BOOST_TEST((*holder)->team_id.value() == 700);
    BOOST_TEST((*holder)->name == "key 7");
    BOOST_REQUIRE((*holder)->limits.size() == 1);
    const auto& limits = (*holder)->limits.front();
    BOOST_TEST(limits.id == 7);
    BOOST_TEST(limits.rpm == 60);
    BOOST_TEST(limits.tpm == 1000);
    BOOST_TEST(limits.rpd == -1);
    BOOST_TEST(limits.max_parallel == 4);
    BOOST_TEST(limits.budget_pico == 5'000'000'000'000);
    BOOST_TEST((limits.period == access::budget_period::month));
    BOOST_TEST(!limits.is_soft);
}

BOOST_AUTO_TEST_CASE(the_limits_of_a_user_and_a_team_are_the_keys_too) {
    key_row row = row_for(key_number(7), 7);
    row.user_id = 70;
    row.team_id = 700;
    store::limit_columns of_user, of_team;
    of_user.rpm = 5;
    of_user.max_output_tokens = 100;
    of_team.max_output_tokens = 50;
    of_team.budget_mode = "soft";
    of_team.budget_pico = 1;
    row.user_limits = std::make_shared<const store::limit_columns>(of_user);
    row.team_limits = std::make_shared<const store::limit_columns>(of_team);
    const auto table = table_of({row});
    const auto holder = authenticate(table, key_number(7), now);
    BOOST_REQUIRE((*holder)->limits.size() == 2);
    BOOST_TEST((*holder)->limits[0].rpm == 5);
    BOOST_TEST((*holder)->limits[1].is_soft);
    BOOST_TEST((*holder)->limits[1].id == 700);
    BOOST_TEST((*holder)->max_output_tokens() == 50);
}

BOOST_AUTO_TEST_CASE(a_limit_nobody_can_read_refuses_the_key) {
    key_row row = row_for(key_number(7), 7);
    const auto why = [](const key_row& one) {
        const auto table = table_of({one});
        return table.refused().empty() ? std::string() : table.refused().front().reason;
    };
    row.budget_period = "fortnight";
    BOOST_TEST(why(row) == "budget_period is none of hour, day, week, month, total");
    row.budget_period = "week";
    BOOST_TEST(why(row) == "");
    store::limit_columns of_team;
    of_team.rpm = -1;
    row.team_id = 1;
    row.team_limits = std::make_shared<const store::limit_columns>(of_team);
    BOOST_TEST(why(row) == "its team's rpm is negative");
    row.team_limits.reset();
    row.allowed_addresses = R"(["10.0.0.0/8", "nowhere"])";
    BOOST_TEST(why(row).starts_with("allowed_addresses: "));
}

BOOST_AUTO_TEST_CASE(an_imported_key_is_found_by_its_hash) {
    const auto table = table_of({row_for(imported)});
    BOOST_TEST(authenticate(table, imported, now).has_value());
    BOOST_TEST(!authenticate(table, imported + "x", now).has_value());
}

BOOST_AUTO_TEST_CASE(a_thousand_keys_are_told_apart) {
    std::vector<key_row> rows;
    for (int n = 1; n <= 1000; ++n) rows.push_back(row_for(key_number(n), n));
    const access::key_table table(rows);
    BOOST_TEST(table.size() == 1000u);
    for (int n = 1; n <= 1000; ++n) BOOST_TEST((*authenticate(table, key_number(n), now))->key_id.value() == n);
}

// A public part alone opens nothing, and neither does the hash that a thief of the table would have.
BOOST_AUTO_TEST_CASE(every_key_that_is_not_good_gets_the_same_answer) {
    key_row disabled = row_for(key_number(2), 2);
    disabled.is_enabled = false;
    key_row expired = row_for(key_number(3), 3);
    expired.expires_at_us = now;
    key_row rotated = row_for(key_number(4), 4);
    rotated.grace_until_us = now - 1;
    const auto table = table_of({row_for(key_number(1)), disabled, expired, rotated, row_for(imported, 5)});

    std::string wrong_secret = key_number(1);
    wrong_secret.back() = 'T';
    const std::string presented[] = {
        key_number(9), key_number(2),
        key_number(3), key_number(4),
        wrong_secret,  "",
        "x",           access::sha256_hex(key_number(1)),
        "0000000001",  access::public_id(imported),
        "fk-",         std::string(16384, 'k'),
    };
    for (const std::string& key : presented) {
        const auto holder = authenticate(table, key, now);
        BOOST_REQUIRE_MESSAGE(!holder, key);
        BOOST_TEST((holder.error().code == ferry::fault_code::invalid_api_key));
        BOOST_TEST((holder.error().retry == ferry::retry_advice::never));
        BOOST_TEST(holder.error().message == access::invalid_api_key().message);
        BOOST_TEST(holder.error().param == "");
    }
}

BOOST_AUTO_TEST_CASE(operators_are_told_why_a_key_was_refused_and_which_it_is) {
    using access::key_refusal;
    key_row disabled = row_for(key_number(2), 2);
    disabled.is_enabled = false;
    disabled.expires_at_us = now - 5;
    key_row expired = row_for(key_number(3), 3);
    expired.expires_at_us = now;
    key_row rotated = row_for(key_number(4), 4);
    rotated.grace_until_us = now - 1;
    rotated.expires_at_us = now + 5;
    key_row old_import = row_for(imported, 5);
    old_import.expires_at_us = now;
    const auto table = table_of({row_for(key_number(1)), disabled, expired, rotated, old_import});
    std::string wrong_secret = key_number(1);
    wrong_secret.back() = 'T';
    const struct {
        std::string presented;
        key_refusal why;
        std::string public_id, text;
    } cases[] = {
        {"", key_refusal::missing, "", "missing"},
        {"sk-somebody-else", key_refusal::malformed, "", "malformed"},
        {key_number(1).substr(0, 30), key_refusal::malformed, "", "malformed"},
        {key_number(9), key_refusal::unknown, "0000000009", "unknown"},
        {wrong_secret, key_refusal::wrong_secret, "0000000001", "wrong_secret"},
        {key_number(2), key_refusal::revoked, "0000000002", "revoked"},
        {key_number(3), key_refusal::expired, "0000000003", "expired"},
        {key_number(4), key_refusal::rotated, "0000000004", "rotated"},
        {imported, key_refusal::expired, access::public_id(imported), "expired"},
        {key_number(1), key_refusal::none, "0000000001", ""},
    };
    for (const auto& one : cases) {
        const auto told = table.why_refused(one.presented, now);
        BOOST_TEST_CONTEXT(one.text) {
            BOOST_TEST((told.why == one.why));
            BOOST_TEST(access::to_text(told.why) == one.text);
            BOOST_TEST(told.public_id == one.public_id);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_key_is_good_until_the_instant_it_expires) {
    key_row row = row_for(key_number(1));
    row.expires_at_us = now + 1;
    const auto table = table_of({row});
    BOOST_TEST(authenticate(table, key_number(1), now).has_value());
    BOOST_TEST(!authenticate(table, key_number(1), now + 1).has_value());
}

BOOST_AUTO_TEST_CASE(a_rotated_key_is_good_through_its_grace_but_not_past_its_own_expiry) {
    key_row old = row_for(key_number(1), 1);
    old.grace_until_us = now + 100;
    key_row fresh = row_for(key_number(2), 2);
    fresh.rotated_from = 1;
    key_row expiring = row_for(key_number(3), 3);
    expiring.grace_until_us = now + 100;
    expiring.expires_at_us = now + 50;
    const auto table = table_of({old, fresh, expiring});
    BOOST_TEST(authenticate(table, key_number(1), now + 99).has_value());
    BOOST_TEST(!authenticate(table, key_number(1), now + 100).has_value());
    BOOST_TEST(authenticate(table, key_number(2), now + 100).has_value());
    BOOST_TEST(authenticate(table, key_number(3), now + 49).has_value());
    BOOST_TEST(!authenticate(table, key_number(3), now + 50).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_may_use_the_models_of_its_list_and_all_without_a_list) {
    key_row some = row_for(key_number(1), 1);
    some.allowed_models = R"(["zeta", "alpha", "m\u00fcller"])";
    key_row none = row_for(key_number(2), 2);
    none.allowed_models = "[]";
    const auto table = table_of({some, none, row_for(key_number(3), 3)});
    const auto* listed = *authenticate(table, key_number(1), now);
    BOOST_TEST(listed->may_use("alpha"));
    BOOST_TEST(listed->may_use("zeta"));
    BOOST_TEST(listed->may_use("m\xc3\xbcller"));
    for (const char* other : {"", "Alpha", "alpha ", "beta", "alph", "alphaa", "mu\xcc\x88ller"})
        BOOST_TEST(!listed->may_use(other), other);
    BOOST_TEST(!(*authenticate(table, key_number(2), now))->may_use("alpha"));
    BOOST_TEST((*authenticate(table, key_number(3), now))->may_use("alpha"));
    BOOST_TEST(access::anonymous_principal().may_use("alpha"));
    BOOST_TEST(!access::anonymous_principal().key_id.has_value());
}

BOOST_AUTO_TEST_CASE(a_bad_row_is_named_and_the_others_are_served) {
    key_row no_hash = row_for(key_number(2), 2);
    no_hash.key_sha256 = "";
    key_row bad_hash = row_for(key_number(3), 3);
    bad_hash.key_sha256[10] = 'z';
    key_row no_id = row_for(key_number(4), 4);
    no_id.public_id = "";
    const char* bad_lists[] = {"", "alpha", "{}", "\"alpha\"", "[1]", "[\"a\",]", "null", "[\"a\"] x"};
    std::vector<key_row> rows = {row_for(key_number(1)), no_hash, bad_hash, no_id};
    int id = 5;
    for (const char* list : bad_lists) {
        rows.push_back(row_for(key_number(id), id));
        rows.back().allowed_models = list;
        ++id;
    }
    const access::key_table table(rows);
    BOOST_TEST(authenticate(table, key_number(1), now).has_value());
    for (int n = 2; n < id; ++n) BOOST_TEST(!authenticate(table, key_number(n), now).has_value());
    BOOST_REQUIRE(table.refused().size() == rows.size() - 1);
    for (std::size_t i = 0; i < table.refused().size(); ++i) {
        const auto& refused = table.refused()[i];
        BOOST_TEST(refused.table == "api_keys");
        BOOST_TEST(refused.id == static_cast<std::int64_t>(i + 2));
        BOOST_TEST(refused.name == "key " + std::to_string(i + 2));
        BOOST_TEST(!refused.reason.empty());
    }
    BOOST_TEST(table.refused()[0].reason.find("key_sha256") != std::string::npos);
    BOOST_TEST(table.refused()[2].reason.find("public_id") != std::string::npos);
    BOOST_TEST(table.refused()[3].reason.find("allowed_models") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_two_rows_with_one_public_id_the_first_is_served) {
    key_row second = row_for(key_number(1), 2);
    const auto table = table_of({row_for(key_number(1), 1), second});
    BOOST_TEST((*authenticate(table, key_number(1), now))->key_id.value() == 1);
    BOOST_REQUIRE(table.refused().size() == 1u);
    BOOST_TEST(table.refused()[0].id == 2);
}

BOOST_AUTO_TEST_CASE(an_empty_table_knows_nobody) {
    const access::key_table table;
    BOOST_TEST(table.size() == 0u);
    BOOST_TEST(!authenticate(table, key_number(1), now).has_value());
    BOOST_TEST(!authenticate(table, "", now).has_value());
}

BOOST_AUTO_TEST_CASE(a_star_in_an_allowed_model_stands_for_any_bytes) {
    const struct {
        const char *pattern, *fits, *does_not;
    } cases[] = {
        {"gpt-*", "gpt-4", "xgpt-4"},
        {"gpt-*", "gpt-", "gpt"},
        {"*-mini", "gpt-4-mini", "gpt-4-mini-x"},
        {"*", "anything", nullptr},
        {"a*b*c", "aXbYbZc", "aXbYbZ"},
        {"org/*", "org/\xe6\xa8\xa1", "Org/x"},
        {"**a**", "a", "b"},
        {"a*a", "aa", "a"},
        {"exact", "exact", "exactly"},
        {"*ab*ab", "abab", "ab"},
    };
    for (const auto& one : cases) {
        const std::string list = "[\"nothing\",\"" + std::string(one.pattern) + "\"]";
        BOOST_TEST(allows(list, one.fits), one.pattern << " and " << one.fits);
        if (one.does_not) BOOST_TEST(!allows(list, one.does_not), one.pattern << " and " << one.does_not);
    }
    BOOST_TEST(!allows("[]", ""));
    BOOST_TEST(!allows("[\"" + std::string(200, '*') + "b\"]", std::string(500, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()
