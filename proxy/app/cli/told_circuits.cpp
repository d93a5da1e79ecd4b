#include "app/cli/told_circuits.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <filesystem>

#include "app/cli/ferry_call.hpp"

namespace ferry::app {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto circuits_patience = std::chrono::seconds(2);

ferry_answer ask_for_status(const settings& chosen, const std::string& url) {
    asio::io_context context{1};
    net::timer_wheel wheel(context);
    ferry_call call(context, wheel, chosen, place_of(chosen, url), false);
    net::deadline limit(wheel);
    limit.on_expiry([&call] { call.interrupt(); });
    limit.arm(steady::now() + circuits_patience);
    ferry_answer got;
    const auto ask = [](asio::io_context& core, ferry_call& by, ferry_answer& into) -> asio::awaitable<void> {
        ferry_request request;
        request.method = "GET";
        request.path = "/status";
        ferry_call::sink none = [](std::string_view) {};
        into = co_await by.ask(std::move(request), std::move(none));
        core.stop();
    };
    asio::co_spawn(context, ask(context, call, got), asio::detached);
    context.run();
    return got;
}

told_circuit circuit_in(const json::object& from) {
    const auto text = [&from](const char* name) { return std::string(from.at(name).as_string()); };
    told_circuit made{text("level"), text("state"), text("host"), text("error_code"), text("reason")};
    made.model_id = from.at("model_id").to_number<std::int64_t>();
    made.refuses = from.at("refuses").as_bool();
    made.left_ms = from.at("left_ms").to_number<std::int64_t>();
    return made;
}

told_load load_in(const json::object& from) {
    const auto number = [&from](const char* name) { return from.at(name).to_number<std::int64_t>(); };
    return {number("model_id"), number("in_use"), number("waiting")};
}

}  // namespace

std::optional<told_standing> ask_for_standing(const settings& chosen, const cli_context& context) {
    const auto& listen = chosen.server.admin_listen;
    if (listen.empty() || listen.ends_with(":0")) return std::nullopt;
    const auto got = ask_for_status(chosen, listen.starts_with("unix:") ? listen : "http://" + listen);
    if (got.status != 200 || !got.is_whole) return std::nullopt;
    const auto file = chosen_config_file(context);
    try {
        const auto told = json::parse(got.body).as_object();
        const auto own = file ? std::filesystem::absolute(*file).string() : std::string();
        if (told.at("config").as_string() != own) return std::nullopt;  // of another store, perhaps
        told_standing all;
        for (const auto& one : told.at("circuits").as_array()) all.circuits.push_back(circuit_in(one.as_object()));
        for (const auto& one : told.at("rows").as_array()) all.loads.push_back(load_in(one.as_object()));
        return all;
    } catch (const std::exception&) {
        return std::nullopt;  // no Ferry, or one of another version
    }
}

const told_circuit* circuit_of(const std::vector<told_circuit>& all, const catalog::candidate& row,
                               const catalog::catalog& models) {
    const told_circuit* strictest = nullptr;
    for (const auto& one : all) {
        const auto* failed = models.find_row(one.model_id);
        const bool is_same_key = failed != nullptr && failed->account == row.account;
        const bool concerns = one.level == "row"   ? one.model_id == row.id
                              : one.level == "key" ? is_same_key
                                                   : one.host == row.where.host_header;
        if (concerns && (strictest == nullptr || (one.refuses && !strictest->refuses))) strictest = &one;
    }
    return strictest;
}

}  // namespace ferry::app
