#include "catalog/candidate_builder.hpp"

#include <fmt/format.h>

#include <boost/container_hash/hash.hpp>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "catalog/bad_row.hpp"
#include "catalog/capabilities.hpp"
#include "catalog/row_disconnect.hpp"
#include "catalog/row_json.hpp"
#include "catalog/row_operations.hpp"
#include "catalog/text_rules.hpp"
#include "catalog/unit_prices.hpp"
#include "net/token.hpp"
#include "openai/json_text.hpp"
#include "openai/operation.hpp"
#include "provider/table.hpp"

namespace ferry::catalog {
namespace {

constexpr std::int64_t max_timeout_ms = 24 * 60 * 60 * 1000;
constexpr std::int64_t max_parallel_requests = 1'000'000;
constexpr std::int64_t us_per_second = 1'000'000;

using defect = std::optional<fault>;

// Forms write '' where they mean NULL.
std::string_view text_of(const std::optional<std::string>& column) {
    return column ? std::string_view(*column) : std::string_view();
}

// One function per group of columns; each checks its columns and fills the candidate from them.

defect fill_names(const store::model_row& row, candidate& made) {
    if (const auto wrong = name_defect(row.model_name)) return bad_row("model_name " + *wrong);
    made.model_name = row.model_name;
    made.upstream_model = text_of(row.upstream_model).empty() ? row.model_name : *row.upstream_model;
    if (const auto wrong = name_defect(made.upstream_model)) return bad_row("upstream_model " + *wrong);
    made.upstream_model_quoted = openai::quote_json(made.upstream_model);
    made.fallback_model = text_of(row.fallback_model);
    if (made.fallback_model.empty()) return {};
    if (const auto wrong = name_defect(made.fallback_model)) return bad_row("fallback_model " + *wrong);
    return {};
}

defect fill_proxy(const store::model_row& row, candidate& made) {
    const auto written = text_of(row.proxy);
    if (written.empty()) return {};
    if (written == no_proxy) {
        reach_through(made.where, nullptr);
        return {};
    }
    auto proxy = parse_forward_proxy(written);
    if (!proxy) return bad_row("proxy " + proxy.error().message + ". The word 'direct' stands for none");
    reach_through(made.where, std::make_shared<const forward_proxy>(std::move(*proxy)));
    return {};
}

defect fill_endpoint(const store::model_row& row, candidate& made) {
    made.service = &provider::find_provider(row.provider);
    // The column itself is checked first: what joining makes of a bad URL may look good.
    if (const auto base = parse_endpoint(row.api_endpoint); !base) return base.error();
    if (const auto other = provider::other_operation(row.api_endpoint); !other.empty()) {
        return bad_row("api_endpoint ends in " + std::string(other) +
                       ", which is another operation: write the base URL before it, or the URL of chat completions");
    }
    auto where = parse_endpoint(made.service->chat_url(row.api_endpoint));
    if (!where) return where.error();
    made.where = std::move(*where);
    const auto path_end = std::min(made.where.target.find('?'), made.where.target.size());
    made.where.query = made.where.target.substr(path_end);
    made.where.base = made.where.target.substr(0, path_end - openai::chat_completions().path.size());
    if (auto wrong = fill_proxy(row, made)) return wrong;
    made.speaks = &made.service->dialect_of(made.where.host);
    return {};
}

result<secret> find_key(const store::model_row& row, const secret_source& secrets) {
    if (is_secret_reference(row.api_key)) return secrets(row.api_key);
    return secret(row.api_key);
}

defect fill_credentials(const store::model_row& row, const secret_source& secrets, candidate& made) {
    const result<secret> key = find_key(row, secrets);
    if (!key) return key.error();
    if (!is_header_value(key->reveal()))
        return bad_row(
            "api_key holds a control byte (a line end, perhaps) or begins or ends with a blank: write the key "
            "alone");
    auto field = made.service->auth(text_of(row.auth_scheme), made.where.host, key->reveal());
    if (!field) return bad_row("auth_scheme is none of bearer, api-key, x-api-key, none, or a whole 'Header: value'");
    if (!*field) return {};
    provider::auth_header& header = **field;
    if (!net::is_token(header.name) || !is_settable_header(header.name) || !is_header_value(header.value))
        return bad_row("auth_scheme names a header that may not be set, or gives it a value with control bytes");
    made.credentials.emplace(std::move(header.name), secret(std::move(header.value)));
    return {};
}

defect fill_extras(const store::model_row& row, candidate& made) {
    auto headers = parse_extra_headers(text_of(row.extra_headers));
    if (!headers) return headers.error();
    made.extra_headers = std::move(*headers);
    // A header of the row's own stands in for the usual one.
    for (const header& extra : made.extra_headers)
        if (made.credentials && lower_case(extra.name) == lower_case(made.credentials->name)) made.credentials.reset();
    auto members = parse_extra_body(text_of(row.extra_body));
    if (!members) return members.error();
    made.extra_body = std::move(*members);
    return {};
}

defect fill_capabilities(const store::model_row& row, candidate& made) {
    const auto said = parse_capabilities(text_of(row.capabilities));
    if (!said) return said.error();
    auto paths = parse_further_paths(*said);
    if (!paths) return paths.error();
    made.further_paths = std::move(*paths);
    auto named = parse_operations(*said);
    if (!named) return named.error();
    made.names_operations = named->has_value();
    for (const auto& one : openai::operations()) {
        if (made.service->serves(one)) made.serves.set(openai::index_of(one));
    }
    if (*named) made.serves = **named;
    made.serves.set(openai::index_of(openai::further_path()), !made.further_paths.empty());
    const auto drains = parse_on_disconnect(*said);
    if (!drains) return drains.error();
    made.drains = *drains;
    const auto rescues = parse_rescue(*said);
    if (!rescues) return rescues.error();
    made.prefill = rescues->prefill;
    made.rescues = rescues->rescues;
    made.hedges = rescues->hedges;
    return {};
}

// Two rows that differ here may fail for different reasons.
std::uint64_t account_of(const candidate& made) {
    std::size_t account = 0;
    boost::hash_combine(account, made.where.pool_key);
    boost::hash_combine(account, made.where.target);
    if (made.credentials) boost::hash_combine(account, made.credentials->value.reveal());
    for (const header& extra : made.extra_headers) boost::hash_combine(account, extra.value.reveal());
    return account;
}

defect fill_prices(const store::model_row& row, candidate& made) {
    made.price.input = row.input_price_pico.value_or(row.base_price_pico);
    made.price.output = row.output_price_pico.value_or(row.base_price_pico);
    // What would be inherited is what the column holds where nobody wrote one.
    const bool inherits = !row.input_price_pico || !row.output_price_pico;
    made.price.is_known = !inherits || row.base_price_pico != 0;
    made.price.cached_input = row.cached_input_price_pico.value_or(made.price.input);
    if (row.base_price_pico < 0 || made.price.input < 0 || made.price.output < 0 || made.price.cached_input < 0)
        return bad_row("a price is negative");
    auto named = parse_unit_prices(text_of(row.unit_prices), made.price, row.cached_input_price_pico.has_value());
    if (!named) return named.error();
    made.unit_prices = std::move(named->units);
    made.further = named->further;
    made.tiers = std::move(named->tiers);
    if (const auto wrong = name_defect(row.currency)) return bad_row("currency " + *wrong);
    made.currency = row.currency;
    return {};
}

defect fill_timeout(const char* column, const std::optional<std::int64_t>& value,
                    std::optional<std::chrono::milliseconds>& made) {
    if (!value) return {};
    if (*value < 1 || *value > max_timeout_ms)
        return bad_row(std::string(column) +
                       " is outside 1..86400000 milliseconds; NULL takes the configuration's value");
    made = std::chrono::milliseconds(*value);
    return {};
}

defect fill_limits(const store::model_row& row, candidate& made) {
    made.priority = row.priority;
    made.weight = row.weight;
    if (row.weight < 0 || row.weight > max_weight) return bad_row("weight is outside 0.." + std::to_string(max_weight));
    made.max_context_tokens = row.max_context_tokens;
    if (row.max_context_tokens && *row.max_context_tokens < 1)
        return bad_row("max_context_tokens is less than 1; NULL means unknown");
    made.max_parallel = row.max_parallel.value_or(0);
    if (row.max_parallel && (*row.max_parallel < 1 || *row.max_parallel > max_parallel_requests))
        return bad_row("max_parallel is outside 1..1000000; NULL means any number");
    if (row.queue_timeout_ms && (*row.queue_timeout_ms < 0 || *row.queue_timeout_ms > max_timeout_ms))
        return bad_row("queue_timeout_ms is outside 0..86400000 milliseconds; NULL takes the configuration's value");
    if (row.queue_timeout_ms) made.queue_timeout = std::chrono::milliseconds(*row.queue_timeout_ms);
    made.created = row.created_at_us / us_per_second;
    if (auto wrong = fill_timeout("connect_timeout_ms", row.connect_timeout_ms, made.limits.connect)) return wrong;
    if (auto wrong = fill_timeout("first_byte_timeout_ms", row.first_byte_timeout_ms, made.limits.first_byte))
        return wrong;
    if (auto wrong = fill_timeout("idle_timeout_ms", row.idle_timeout_ms, made.limits.idle)) return wrong;
    return fill_timeout("total_timeout_ms", row.total_timeout_ms, made.limits.total);
}

// The first fault of each group of columns: who repairs the row sees all of them at once.
std::vector<std::string> fill(const store::model_row& row, const secret_source& secrets, candidate& made) {
    if (!row.defect.empty()) return {row.defect};
    std::vector<std::string> faults;
    const auto note = [&faults](const defect& wrong) {
        if (wrong) faults.push_back(wrong->message);
    };
    made.id = row.id;
    note(fill_names(row, made));
    note(fill_endpoint(row, made));
    note(fill_credentials(row, secrets, made));
    note(fill_extras(row, made));
    note(fill_capabilities(row, made));
    made.account = account_of(made);
    note(fill_prices(row, made));
    note(fill_limits(row, made));
    return faults;
}

}  // namespace

result<candidate> build_candidate(const store::model_row& row, const secret_source& secrets) {
    candidate made;
    const auto faults = fill(row, secrets, made);
    if (!faults.empty()) return bad_row(fmt::format("{}", fmt::join(faults, "; ")));
    return made;
}

std::vector<std::string> candidate_faults(const store::model_row& row, const secret_source& secrets) {
    candidate unused;
    return fill(row, secrets, unused);
}

}  // namespace ferry::catalog
