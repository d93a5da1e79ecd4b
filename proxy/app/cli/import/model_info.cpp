#include "app/cli/import/model_info.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <utility>

namespace ferry::app::takeover {

store::foreign_table read_model_info(std::string_view json, std::string name, const std::string& where) {
    boost::system::error_code failed;
    auto read = boost::json::parse(json, failed);
    if (!failed && read.is_object() && read.get_object().contains("data")) read = read.get_object()["data"];
    if (failed || !read.is_array()) {
        throw std::runtime_error(where + " is JSON, but not what GET /model/info answers: {\"data\": [...]}");
    }
    store::foreign_table table{std::move(name), {"model_name", "litellm_params", "model_info"}, {}};
    for (const auto& model : read.get_array()) {
        auto& row = table.rows.emplace_back();
        if (!model.is_object()) {
            row.defect = "it is no JSON object";
            continue;
        }
        for (const auto& column : table.columns) {
            const auto* value = model.get_object().if_contains(column);
            if (value == nullptr || value->is_null()) {
                row.values.emplace_back();
            } else {
                row.values.emplace_back(value->is_string() ? std::string(value->get_string())
                                                           : boost::json::serialize(*value));
            }
        }
    }
    return table;
}

}  // namespace ferry::app::takeover
