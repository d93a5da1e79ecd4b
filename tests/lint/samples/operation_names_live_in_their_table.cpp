// as: proxy/relay/special.cpp
// A comment may say what embeddings are.
bool is_short(const openai::operation& asked) {
    return asked.name == "embeddings";  // bad
}
