// as: proxy/usage/insert.cpp
#include <sqlite3.h>  // bad

void insert(sqlite3* db) {
    sqlite3_exec(db, "", nullptr, nullptr, nullptr);  // bad
}
