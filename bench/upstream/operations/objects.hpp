// What the operations on stored objects have in common.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "upstream/operations/serving.hpp"

namespace ferry::bench {

// Whose objects a request may see: its Authorization header, or Azure's api-key.
std::string credential_of(const answer_request& to);

void keep_object(answer& made, const answer_request& to, stored_object object);  // and names it in the ledger
object_store::found find_object(const answer_request& to, std::string_view kind, std::string_view id);

// A file of this credential's, with the ids and times of this answer.
stored_object file_object(const answer& made, std::string_view purpose, std::string_view name, std::uint64_t bytes);
void answer_no_file(answer& made, std::string_view id, std::string_view param);

// The members named, as the request has them, or null.
void repeat_members(const answer_request& to, const std::vector<const char*>& names, boost::json::object& into);
// Where `o` stands after it was asked for once more: the next of `states`, or what the action says.
std::string next_status(const action& a, const boost::json::object& o, const std::vector<std::string_view>& states);

// A page of `all` (oldest first) by `limit` (20), `after` and `order` (desc) of the query.
void answer_page(answer& made, const answer_request& to, std::vector<boost::json::object> all);
void answer_deleted(answer& made, std::string_view id, std::string_view object);

}  // namespace ferry::bench
