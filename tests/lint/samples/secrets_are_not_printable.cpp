// as: proxy/base/print.hpp
std::ostream& operator<<(std::ostream& out, const ferry::secret& value);  // bad
std::ostream& operator<<(std::ostream& out, const ferry::request_id& value);

template <>
struct fmt::formatter<ferry::secret> : fmt::formatter<std::string_view> {};  // bad
