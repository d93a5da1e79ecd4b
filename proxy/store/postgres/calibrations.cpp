#include "store/postgres/calibrations.hpp"

namespace ferry::store::postgres {

std::vector<calibration_row> calibration_table::list() {
    return link_.run(access::reading, "read the token calibrations", [](pqxx::work& in) {
        std::vector<calibration_row> rows;
        const auto found = in.exec("SELECT instance, model, direction, text FROM token_calibrations ORDER BY 1, 2, 3");
        for (const auto& one : found) rows.push_back({one[0].c_str(), one[1].c_str(), one[2].c_str(), one[3].c_str()});
        return rows;
    });
}

// In the order of the key, so that two instances never wait for each other.
void calibration_table::save(std::span<const calibration_row> rows) {
    link_.run(access::writing, "save token calibrations", [rows](pqxx::work& in) {
        for (const auto& row : rows) {
            in.exec("INSERT INTO token_calibrations (instance, model, direction, text) VALUES (" +
                    in.quote(row.instance) + ", " + in.quote(row.model) + ", " + in.quote(row.direction) + ", " +
                    in.quote(row.text) +
                    ") ON CONFLICT (instance, model, direction)"
                    " DO UPDATE SET text = excluded.text, updated_at = CURRENT_TIMESTAMP");
        }
        in.exec("DELETE FROM token_calibrations WHERE updated_at < CURRENT_TIMESTAMP - INTERVAL '90 days'");
    });
}

}  // namespace ferry::store::postgres
