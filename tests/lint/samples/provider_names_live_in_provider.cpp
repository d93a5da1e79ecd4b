// as: proxy/relay/special.cpp
// A comment may say what DeepSeek does.
bool thinks(std::string_view provider) {
    return provider == "deepseek";  // bad
}
