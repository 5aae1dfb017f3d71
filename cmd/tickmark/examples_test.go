package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whoever asks a verb for help sees how it is typed, and can type it so.
func TestEveryVerbHasAnExampleThatItUnderstands(t *testing.T) {
	root := newRoot(outside())
	var look func(*cobra.Command)
	seen := 0
	look = func(verb *cobra.Command) {
		if verb.Hidden {
			return
		}
		for _, below := range verb.Commands() {
			look(below)
		}
		if verb.HasSubCommands() {
			return
		}
		seen++
		require.NotEmpty(t, verb.Example, verb.CommandPath())
		var own bool
		for line := range strings.Lines(strings.ReplaceAll(verb.Example, "\\\n", "")) {
			for _, words := range typed(line) {
				if words[0] != "tickmark" {
					continue
				}
				found, left, err := root.Find(actionBeforeVault(root, words[1:]))
				require.NoError(t, err, line)
				own = own || found == verb
				assert.NoError(t, found.ParseFlags(left), line)
				assert.NoError(t, found.ValidateArgs(found.Flags().Args()), line)
			}
		}
		assert.True(t, own, "no example of %s is its own", verb.CommandPath())
	}
	look(root)
	assert.Greater(t, seen, 90)
}

// typed are the commands of a line, each as the words that a shell makes of it; a word
// that begins with > or | ends them.
func typed(line string) [][]string {
	all, words, word, quoted, began := [][]string{}, []string{}, "", false, false
	end := func() {
		if began {
			words = append(words, word)
		}
		word, began = "", false
	}
	for _, r := range strings.TrimSpace(line) + ";" {
		switch {
		case r == '\'':
			quoted, began = !quoted, true
		case quoted || !strings.ContainsRune(" ;", r):
			word, began = word+string(r), true
		default:
			end()
			if r == ';' {
				if at := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, ">") || w == "|" }); at >= 0 {
					words = words[:at]
				}
				all, words = append(all, words), nil
			}
		}
	}
	return all
}
