#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::bench {

// Throws std::invalid_argument that says what is wrong, and nothing of where. An escape of half a character (\ud83d
// alone), as Python writes and reads it, becomes U+FFFD.
boost::json::value parsed_json(std::string_view text);
boost::json::object parsed_object(std::string_view text);

// A merge patch (RFC 7396): a null takes away, objects are merged member by member, all else is replaced.
void lay_over(const boost::json::object& patch, boost::json::object& onto);

// The bytes of all strings in it.
std::uint64_t text_bytes(const boost::json::value& in);

// What a text comes to where nobody counted: a token for every 4 bytes, at least one.
std::uint32_t guessed_tokens(std::uint64_t bytes);

}  // namespace ferry::bench
