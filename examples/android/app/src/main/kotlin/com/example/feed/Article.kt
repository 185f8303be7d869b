// What the feed shows.
package com.example.feed

class Article(val id: String, val title: String)

/** A week's worth of reading. */
val articles: List<Article> = List(40) { Article("article-${it + 1}", "Article ${it + 1}") }
