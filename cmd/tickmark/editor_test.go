package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// programs makes a folder with programs, and links to them.
func programs(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		link, to, linked := strings.Cut(name, " -> ")
		if linked {
			require.NoError(t, os.Symlink(filepath.Join(folder, to), filepath.Join(folder, link)))
			continue
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"), 0o700))
	}
	return folder
}

// What an editor is called is not what it is.
func TestEditorIsKnownByItsProgram(t *testing.T) {
	folder := programs(t, "vim.basic", "vim.tiny", "nvi", "busybox", "nano", "emacs-30.1", "emacs", "nvim", "hx", "micro", "code", "gvim", "gedit",
		"vim -> vim.basic", "vi-vim -> vim.tiny", "vi-nvi -> nvi", "vi -> busybox", "emacsclient", "emacs-nox -> emacs-30.1", "notvim", "vimdiff", "pico -> nano")
	look := func(name string) (string, error) {
		path := filepath.Join(folder, name)
		_, err := os.Stat(path)
		return path, err
	}
	of := func(visual, edit string) (editor, error) {
		return editorOf(func(name string) string { return map[string]string{"VISUAL": visual, "EDITOR": edit}[name] }, look)
	}
	for named, first := range map[string]string{
		"vim": "-u", "vi-vim": "-u", "nvim": "--clean", "nano": "--ignorercfiles", "pico": "--ignorercfiles", "emacs": "-nw", "emacs-nox": "-nw",
		"emacs -nw --load mine.el": "-nw", "micro": "-config-dir", "hx": "--log", "vim -c 'set undofile'": "-u", "vi": "",
	} {
		e, err := of("", named)
		require.NoError(t, err, named)
		args := e.args("/memory")
		assert.Equal(t, first, strings.Join(args[:min(1, len(args))], ""), named)
		assert.NotContains(t, strings.Join(args, " "), "mine.el", "what the variable adds is left out")
	}
	for named, why := range map[string]string{
		"vi-nvi": "below /var/tmp", "code -w": "keeps copies", "emacsclient -t": "runs already", "gvim": "windows", "busybox": "not known",
		"gedit": "not known", "notvim": "not known", "vimdiff": "not known", "env vim": "not found", "absent": "not found", "": "set VISUAL or EDITOR", "  ": "set VISUAL or EDITOR",
	} {
		_, err := of(named, named)
		require.ErrorContains(t, err, why, named)
	}
	e, err := of("nano", "vim")
	require.NoError(t, err)
	assert.Equal(t, "nano", e.name, "VISUAL goes first")
}

func TestEditorEnvironment(t *testing.T) {
	env := editorEnvironment([]string{
		"PATH=/bin", "TERM=xterm", "LC_ALL=C.UTF-8", "HOME=/home/mara", "VIMINIT=set undofile", "TMPDIR=/var/tmp", "XDG_STATE_HOME=/home/mara/state",
		"TICKMARK_IDENTITY=secret", "DISPLAY=:0",
	}, "/memory")
	assert.Contains(t, env, "PATH=/bin")
	assert.Contains(t, env, "LC_ALL=C.UTF-8")
	for _, name := range []string{"HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"} {
		assert.Contains(t, env, name+"=/memory")
	}
	text := strings.Join(env, "\n")
	for _, not := range []string{"mara", "VIMINIT", "secret", "DISPLAY", "/var/tmp"} {
		assert.NotContains(t, text, not)
	}
}
