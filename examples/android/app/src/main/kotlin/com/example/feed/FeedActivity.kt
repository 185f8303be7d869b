// A list of articles: one call measures it, one line tells a tap.
package com.example.feed

import android.app.Activity
import android.app.AlertDialog
import android.content.Context
import android.os.Bundle
import android.view.ViewGroup
import android.widget.TextView
import androidx.recyclerview.widget.LinearLayoutManager
import androidx.recyclerview.widget.RecyclerView
import dev.eyeline.Consent
import dev.eyeline.Impression
import dev.eyeline.android.EyelineApp
import dev.eyeline.android.androidx.measured

class FeedActivity : Activity() {
    private val eyeline: EyelineApp get() = (application as FeedApp).eyeline

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val list = RecyclerView(this)
        list.layoutManager = LinearLayoutManager(this)
        list.adapter = Articles(eyeline)
        list.measured(eyeline) { holder ->
            val at = holder.bindingAdapterPosition
            Impression(articles[at].id, "feed", at + 1)
        }
        setContentView(list)
        if (!hasAnswered()) ask()
    }

    override fun onUserInteraction() {
        super.onUserInteraction()
        eyeline.activity()
    }

    private fun ask() {
        AlertDialog.Builder(this)
            .setMessage(R.string.question)
            .setPositiveButton(R.string.yes) { _, _ -> answer(Consent.FULL) }
            .setNegativeButton(R.string.no) { _, _ -> answer(Consent.DENIED) }
            .setCancelable(false)
            .show()
    }

    private fun answer(consent: Consent) {
        eyeline.record { setConsent(consent) }
        settings().edit().putBoolean(ANSWERED, true).apply()
    }

    private fun hasAnswered() = settings().getBoolean(ANSWERED, false)

    private fun settings() = getSharedPreferences("feed", Context.MODE_PRIVATE)

    private companion object {
        const val ANSWERED = "answered"
    }
}

private class Articles(private val eyeline: EyelineApp) : RecyclerView.Adapter<Articles.Row>() {
    class Row(val text: TextView) : RecyclerView.ViewHolder(text)

    override fun onCreateViewHolder(parent: ViewGroup, kind: Int): Row {
        val text = TextView(parent.context)
        val edge = (24 * parent.resources.displayMetrics.density).toInt()
        text.setPadding(edge, edge, edge, edge)
        text.layoutParams = RecyclerView.LayoutParams(ViewGroup.LayoutParams.MATCH_PARENT, ViewGroup.LayoutParams.WRAP_CONTENT)
        return Row(text)
    }

    override fun onBindViewHolder(row: Row, at: Int) {
        val article = articles[at]
        row.text.text = article.title
        row.text.setOnClickListener { eyeline.tapped(row.text, "news.example.com/${article.id}") }
    }

    override fun getItemCount(): Int = articles.size
}
