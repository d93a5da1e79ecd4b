// Random conversations, always the same ones: whatever part of a conversation a client sends, everything that was said
// is stored once and in order, and what a client leaves out is put in.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "conversation/answer_message.hpp"
#include "conversation/chatter.hpp"

using namespace ferry::conversation;
using namespace ferry::conversation::testing;

namespace {

enum class habit { sends_new, sends_everything, sends_window };

struct conversation_run {
    chatter random;
    habit sends;
    std::size_t window = 0;
    bool repeats_instruction = false;  // with every request, as most clients do
    std::size_t fetched = 0;           // stored messages that are given to the plan; 0 for all
    history_limits limits{};

    std::vector<utterance> said{};    // all but instructions
    std::string instruction{};        // "" for none
    kept_messages truth{}, stored{};  // what was said as it was written, and what the plans made of it

    // Of the last turn.
    history_plan plan{};
    kept_messages given{};
    std::string sent_text{};
    std::vector<utterance> news{};

    std::vector<kept_message> request(const std::vector<utterance>& fresh);
    kept_messages last_stored() const;
    void turn();
};

std::vector<kept_message> conversation_run::request(const std::vector<utterance>& fresh) {
    auto all = said;
    all.insert(all.end(), fresh.begin(), fresh.end());
    auto count = all.size();
    if (sends == habit::sends_new) count = fresh.size();
    if (sends == habit::sends_window) count = std::min(count, std::max(window, fresh.size()));
    std::vector<kept_message> messages;
    for (auto i = all.size() - count; i != all.size(); ++i) messages.push_back(random.written(all[i]));
    return messages;
}

// As a store gives them: the last ones, with the last instruction in front.
kept_messages conversation_run::last_stored() const {
    if (fetched == 0 || stored.size() <= fetched) return stored;
    kept_messages last(stored.end() - static_cast<std::ptrdiff_t>(fetched), stored.end());
    const auto is_one = [](const kept_message& each) { return is_instruction(each.role); };
    const auto latest = std::find_if(stored.rbegin(), stored.rend(), is_one);
    if (latest != stored.rend() && std::none_of(last.begin(), last.end(), is_one)) last.insert(last.begin(), *latest);
    return last;
}

void conversation_run::turn() {
    news = random.next(said);
    auto messages = request(news);
    truth.insert(truth.end(), messages.end() - static_cast<std::ptrdiff_t>(news.size()), messages.end());
    const bool changes = said.empty() ? random.maybe() : !instruction.empty() && random.below(8) == 0;
    if (changes) {
        instruction += random.words();
        truth.insert(truth.end() - static_cast<std::ptrdiff_t>(news.size()), testing::instruction(instruction));
    }
    if (!instruction.empty() && (changes || repeats_instruction)) {
        messages.insert(messages.begin(), testing::instruction(instruction));
    }
    const auto text = random.as_json(messages);
    given = last_stored();
    plan = plan_history(text, given, limits, true);
    sent_text = spliced(text, plan);
    stored.insert(stored.end(), plan.added.begin(), plan.added.end());
    said.insert(said.end(), news.begin(), news.end());

    const auto answer = random.answer();
    const auto kept = answer_message(R"({"choices":[{"message":)" + random.as_json(random.answered(answer)) + "}]}");
    BOOST_TEST_REQUIRE(kept.has_value());
    stored.push_back(*kept);
    truth.push_back(random.answered(answer));
    said.push_back(answer);
}

boost::json::array parsed(const kept_messages& messages) {
    return boost::json::parse(text_of_all(messages)).as_array();
}

void check_stored(const conversation_run& run) {
    BOOST_REQUIRE(run.stored == run.truth);
}

// The whole conversation before its last answer, the instruction that holds in front of it.
void check_sent_whole(const conversation_run& run) {
    kept_messages whole;
    if (!run.instruction.empty()) whole.push_back(instruction(run.instruction));
    for (const auto& each : run.truth) {
        if (!is_instruction(each.role)) whole.push_back(each);
    }
    whole.pop_back();
    BOOST_REQUIRE(boost::json::parse(run.sent_text) == boost::json::value(parsed(whole)));
}

std::size_t bytes_of_last(const kept_messages& stored, std::size_t count) {
    std::size_t bytes = 0;
    for (auto i = stored.size(); i != 0 && count != 0; --i) {
        if (is_instruction(stored[i - 1].role)) continue;
        bytes += size_of(stored[i - 1]);
        --count;
    }
    return bytes;
}

// The limits hold, and a result of a tool stands behind its call wherever the history that was put in reaches.
void check_trimmed(const conversation_run& run) {
    const auto messages = boost::json::parse(run.sent_text).as_array();
    const bool has_instruction = !run.instruction.empty();
    const auto history = messages.size() - run.news.size() - (has_instruction ? 1 : 0);
    BOOST_REQUIRE(history <= run.limits.most_messages);
    BOOST_REQUIRE(bytes_of_last(run.given, history) / 4 <= static_cast<std::size_t>(run.limits.most_tokens));
    if (history == 0) return;
    std::set<std::string> calls;
    BOOST_REQUIRE(messages[has_instruction ? 1 : 0].at("role").as_string() == "user");
    for (const auto& each : messages) {
        const auto& message = each.as_object();
        if (const auto* made = message.if_contains("tool_calls")) {
            for (const auto& one : made->as_array()) calls.insert(boost::json::value_to<std::string>(one.at("id")));
        }
        if (const auto* id = message.if_contains("tool_call_id")) {
            BOOST_REQUIRE(calls.count(boost::json::value_to<std::string>(*id)) == 1u);
        }
    }
}

template <class Check>
void hold_conversations(habit sends, Check check) {
    for (unsigned seed = 0; seed != 50; ++seed) {
        conversation_run run{chatter(seed), sends};
        run.window = 1 + run.random.below(9);
        run.repeats_instruction = sends != habit::sends_new || run.random.maybe();
        if (sends != habit::sends_new && run.random.maybe()) run.fetched = 1 + run.random.below(12);
        for (int turns = 0; turns != 20; ++turns) {
            run.turn();
            BOOST_TEST_CONTEXT("seed " << seed << ", turn " << turns) {
                check(run);
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_property_suite)

BOOST_AUTO_TEST_CASE(a_client_that_sends_what_is_new_is_sent_with_everything) {
    hold_conversations(habit::sends_new, [](const conversation_run& run) {
        check_stored(run);
        check_sent_whole(run);
    });
}

BOOST_AUTO_TEST_CASE(of_a_client_that_sends_everything_what_is_new_is_stored) {
    hold_conversations(habit::sends_everything, [](const conversation_run& run) {
        check_stored(run);
        BOOST_REQUIRE(run.plan.count == 0u);
        BOOST_REQUIRE(run.plan.inserted.empty());
    });
}

BOOST_AUTO_TEST_CASE(of_a_client_that_sends_the_last_messages_what_is_new_is_stored) {
    hold_conversations(habit::sends_window, [](const conversation_run& run) {
        check_stored(run);
        BOOST_REQUIRE(boost::json::parse(run.sent_text).is_array());
    });
}

BOOST_AUTO_TEST_CASE(a_history_that_is_cut_keeps_calls_and_results_together) {
    for (unsigned seed = 0; seed != 50; ++seed) {
        conversation_run run{chatter(seed), habit::sends_new};
        run.limits = {1 + run.random.below(12), static_cast<std::int64_t>(20 + run.random.below(300))};
        for (int turns = 0; turns != 20; ++turns) {
            run.turn();
            BOOST_TEST_CONTEXT("seed " << seed << ", turn " << turns) {
                check_stored(run);
                check_trimmed(run);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
