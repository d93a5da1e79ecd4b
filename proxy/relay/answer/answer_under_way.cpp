#include "relay/answer/answer_under_way.hpp"

#include "relay/answer/answer_check.hpp"
#include "relay/answer/answer_way.hpp"
#include "relay/books/estimate.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

asio::awaitable<std::optional<fault>> refuse_answer(request& x, attempt& from) {
    const int status = from.head().status;
    if (status > 203 && status < 300) {
        co_return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                                  "The upstream answered " + std::to_string(status) + ", which holds no whole answer.");
    }
    auto why = co_await read_error(x, from);
    co_return std::move(why);
}

// What is to go on with a stream must be one.
fault is_no_stream() {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                           "The upstream answered with a document where a stream was to go on.");
}

asio::awaitable<std::optional<fault>> pump_document(request& x, answer_under_way& answer) {
    const bool is_told = x.asked.stream && x.operation.may_be_aggregated;
    const auto form = is_told ? document::form::as_events : document::form::as_it_is;
    return answer.way.emplace<document>(x, *answer.source, form).pump(answer.sink);
}

// A stream goes out as one where that was asked for, and where nobody puts streams of this kind together. Else it was
// asked for because the model answers in streams alone, or it is the upstream's own idea.
asio::awaitable<std::optional<fault>> pump_events(request& x, answer_under_way& answer) {
    std::optional<fault> failed;
    if (counts_words(x)) x.said.count_words();
    auto* const joint = answer.broken_off.joint();
    if (joint != nullptr || is_worth_keeping(x)) x.said.keep_given(x.operation.streams == openai::stream_kind::typed);
    answer.broken_off.tell_given();
    if (!x.asked.stream && x.operation.may_be_aggregated) {
        auto& whole = answer.way.emplace<aggregate>(x, *answer.source);
        failed = co_await whole.pump(answer.sink);
        co_return failed;
    }
    auto& stream = answer.way.emplace<event_stream>(x, *answer.source, joint);
    failed = co_await stream.pump(answer.sink);
    if (!stream.is_document()) co_return failed;
    if (joint != nullptr) co_return is_no_stream();
    failed = co_await pump_document(x, answer);
    co_return failed;
}

}  // namespace

asio::awaitable<std::optional<fault>> pump(request& x, answer_under_way& answer) {
    auto& from = *answer.source;
    const int status = from.head().status;
    std::optional<fault> failed;
    if (status < 200 || status > 203) {
        failed = co_await refuse_answer(x, from);
        co_return failed;
    }
    result<answer_way> way = way_by_head(x, from.head());
    if (*way == answer_way::unknown) way = way_by_content(from);
    if (way && *way == answer_way::unknown) way = co_await read_until_known(from);
    if (!way) co_return way.error();
    if (*way != answer_way::events && answer.broken_off.is_under_way()) co_return is_no_stream();
    if (*way == answer_way::events) {
        failed = co_await pump_events(x, answer);
    } else if (*way == answer_way::document) {
        failed = co_await pump_document(x, answer);
    } else {
        auto& bytes = answer.way.emplace<download>(x, from);
        failed = co_await bytes.pump(answer.sink);
    }
    co_return failed;
}

}  // namespace ferry::relay
