#include "store/sqlite/usage_lines.hpp"

#include <algorithm>

#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

// All of a line as one text; nothing of what the columns hold has a zero byte.
std::string text_of_line(const usage_line& line) {
    std::string text(reinterpret_cast<const char*>(line.ids.data()), sizeof line.ids);
    for (const auto name : line.names) text.append(name).append(1, '\0');
    return text;
}

void bind_line(query& statement, const usage_line& line) {
    for (const auto id : line.ids) statement.bind(id);
    for (const auto name : line.names) statement.bind(name);
}

}  // namespace

usage_line::usage_line(const usage_row& row)
    : ids{row.key_id.value_or(0), row.model_id.value_or(0), row.user_id.value_or(0), row.team_id.value_or(0)},
      names{row.model_name,
            row.provider,
            row.operation,
            row.basis,
            row.end_reason,
            row.currency,
            row.unit_kind ? std::string_view(*row.unit_kind) : std::string_view()} {}

std::size_t usage_line_hash::operator()(const usage_line& of) const {
    std::size_t hash = 0;
    const auto mix = [&hash](std::size_t more) {
        hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    };
    for (const auto id : of.ids) mix(static_cast<std::size_t>(id));
    // Lines that differ in their names alone are few, and those differ in length, too.
    for (const auto name : of.names) mix(name.size());
    return hash;
}

void usage_lines::begin(connection& db) {
    for (const auto& text : fresh_) known_.erase(text);
    fresh_.clear();
    query last = db.prepare("SELECT coalesce(max(id), 0) FROM usage_lines");
    last.step();
    if (last.integer(0) >= highest_ && known_.size() < most_known) return;
    known_.clear();
    highest_ = 0;
}

std::int64_t usage_lines::number_of(connection& db, const usage_line& line) {
    auto text = text_of_line(line);
    if (const auto known = known_.find(text); known != known_.end()) return known->second;
    // Another process may have numbered it.
    query insert = db.prepare(
        "INSERT INTO usage_lines (key_id, model_id, user_id, team_id, model_name, provider, operation, basis, "
        "end_reason,"
        " currency, unit_kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    bind_line(insert, line);
    insert.run();
    query found = db.prepare(
        "SELECT id FROM usage_lines WHERE key_id = ? AND model_id = ? AND user_id = ? AND team_id = ? AND model_name = "
        "?"
        " AND provider = ? AND operation = ? AND basis = ? AND end_reason = ? AND currency = ? AND unit_kind = ?");
    bind_line(found, line);
    if (!found.step()) throw store_unavailable("the store has lost a line of usage_lines");
    const auto number = found.integer(0);
    fresh_.push_back(text);
    known_.emplace(std::move(text), number);
    highest_ = std::max(highest_, number);
    return number;
}

}  // namespace ferry::store::sqlite
