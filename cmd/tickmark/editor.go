package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// editor is the person's own editor, started in a way that makes it write nowhere
// but to the text it is given.
type editor struct {
	name string // as it was asked for
	path string
	args func(folder string) []string
}

// family is editors that are kept from writing in the same way. They are started
// without the person's settings and plugins: those may turn swap, undo or backup files
// on again, or hand the text to a program that keeps it elsewhere.
type family struct {
	called func(name string) bool
	args   func(folder string) []string
}

// quietVim keeps Vim from its files of every kind. Each setting stands alone, since
// one that a small Vim does not know ends the line; a narrative that another person
// wrote may hold a modeline.
const quietVim = "silent! set noswapfile | silent! set nobackup | silent! set nowritebackup | silent! set noundofile | " +
	"silent! set nomodeline | silent! set viminfo= | silent! set noexrc"

// quietEmacs keeps Emacs from its files, and from the settings that a text names.
const quietEmacs = "(setq make-backup-files nil backup-inhibited t auto-save-default nil auto-save-list-file-prefix nil create-lockfiles nil " +
	"enable-local-variables nil enable-local-eval nil enable-dir-local-variables nil)"

var families = map[string]family{
	"vim": {
		func(name string) bool { return name == "vim" || strings.HasPrefix(name, "vim.") },
		func(string) []string {
			return []string{"-u", "NONE", "-i", "NONE", "-N", "-n", "--cmd", quietVim, "-c", quietVim}
		},
	},
	"nvim": {
		func(name string) bool { return name == "nvim" },
		func(string) []string {
			quiet := strings.Replace(quietVim, "viminfo=", "shada=", 1) + " | silent! let g:editorconfig = v:false"
			return []string{"--clean", "-i", "NONE", "-n", "--cmd", quiet, "-c", quiet}
		},
	},
	"nano": {
		func(name string) bool { return name == "nano" },
		func(string) []string { return []string{"--ignorercfiles", "--restricted"} },
	},
	"emacs": {
		func(name string) bool {
			rest, emacs := strings.CutPrefix(name, "emacs")
			return emacs && (rest == "" || strings.HasPrefix(rest, "-") || strings.Trim(rest[:1], "0123456789") == "")
		},
		func(string) []string { return []string{"-nw", "-Q", "--eval", quietEmacs} },
	},
	"micro": {
		func(name string) bool { return name == "micro" },
		func(folder string) []string {
			args := []string{"-config-dir", folder}
			for _, option := range []string{"backup", "permbackup", "savehistory", "savecursor", "saveundo"} {
				args = append(args, "-"+option, "false")
			}
			return args
		},
	},
	"hx": {
		func(name string) bool { return name == "hx" || name == "helix" },
		func(folder string) []string { return []string{"--log", filepath.Join(folder, "log")} },
	},
	"busybox": { // called as vi, which keeps everything in memory
		func(name string) bool { return name == "busybox" },
		func(string) []string { return nil },
	},
}

// knownEditors are named to who has another.
const knownEditors = "vim, nvim, nano, emacs, micro and hx"

// why some editors cannot be had, where there is more to say than that they are not
// known.
var refusals = map[string]string{
	"ed":          "it keeps the text in a file below /tmp while it is edited",
	"red":         "it keeps the text in a file below /tmp while it is edited",
	"nvi":         "it keeps the text in a file below /var/tmp while it is edited",
	"code":        "it is a program of windows that keeps copies of its own on the disk",
	"codium":      "it is a program of windows that keeps copies of its own on the disk",
	"subl":        "it is a program of windows that keeps copies of its own on the disk",
	"emacsclient": "it hands the text to an Emacs that runs already, with settings of its own",
	"gvim":        "it is a program of windows, which ends before the text is written",
}

// editorOf finds the editor that the environment names, by what its program really
// is: vi is one of several. What the variable says behind the program's name is left
// out, since it could undo what keeps the text off the disk.
func editorOf(getenv func(string) string, look func(string) (string, error)) (editor, error) {
	named := getenv("VISUAL")
	if strings.TrimSpace(named) == "" {
		named = getenv("EDITOR")
	}
	words := strings.Fields(named)
	if len(words) == 0 {
		return editor{}, errors.New("no editor is named: set VISUAL or EDITOR; known are " + knownEditors)
	}
	called := words[0]
	found, err := look(called)
	if err != nil {
		return editor{}, fmt.Errorf("editor %s: it is not found", called)
	}
	real, err := filepath.EvalSymlinks(found)
	if err != nil {
		return editor{}, fmt.Errorf("editor %s: it is not found", called)
	}
	program := filepath.Base(real)
	for _, f := range families {
		if !f.called(program) || (program == "busybox" && filepath.Base(called) != "vi") {
			continue
		}
		return editor{called, found, f.args}, nil
	}
	for _, name := range []string{program, filepath.Base(called)} {
		if why := refusals[name]; why != "" {
			return editor{}, fmt.Errorf("editor %s: %s; known are %s", called, why, knownEditors)
		}
	}
	return editor{}, fmt.Errorf("editor %s (%s): it is not known whether it keeps copies of the text; known are %s", called, program, knownEditors)
}

// editor is the person's editor, or why there is none.
func (d *door) editor() (editor, error) {
	if runtime.GOOS != "linux" {
		return editor{}, errors.New("a text goes to an editor through a folder in memory, which this system does not have")
	}
	return editorOf(d.getenv, exec.LookPath)
}

// editorEnvironment is what an editor is told of its surroundings: the terminal and
// the language, and for everything that programs keep for themselves the folder in
// memory.
func editorEnvironment(environ []string, folder string) []string {
	passed := []string{"PATH", "TERM", "TERMINFO", "TERMINFO_DIRS", "COLORTERM", "LANG", "LANGUAGE", "TZ", "LOGNAME", "USER"}
	var env []string
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		for _, p := range passed {
			if name == p {
				env = append(env, line)
			}
		}
		if strings.HasPrefix(name, "LC_") {
			env = append(env, line)
		}
	}
	for _, name := range []string{
		"HOME", "TMPDIR", "TMP", "TEMP", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
	} {
		env = append(env, name+"="+folder)
	}
	return env
}
