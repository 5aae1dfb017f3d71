package main

import (
	"errors"
	"fmt"
	"strings"

	"filippo.io/age/plugin"
	"github.com/spf13/cobra"

	"tickmark/engine/kube"
	"tickmark/vault"
)

// execFlag adds --allow-exec, once for whatever a verb may run (MODEL: commands that
// other people's files would run).
func execFlag(cmd *cobra.Command, allow *bool) {
	if cmd.Flags().Lookup("allow-exec") == nil {
		cmd.Flags().BoolVar(allow, "allow-exec", false, "run what files given by path or the vault name: an age plugin, a kubeconfig's credential command")
	}
}

// consent is what the person at the terminal has agreed to have run.
type consent struct {
	d     *door
	all   bool            // --allow-exec
	given map[string]bool // exact command lines
}

func (d *door) consent(all bool) *consent { return &consent{d: d, all: all, given: map[string]bool{}} }

var errNoConsent = errors.New("it was not agreed to")

// ask shows the exact command line on the terminal and wants a yes, once for each.
// Without a terminal it is no.
func (c *consent) ask(command string) error {
	if c.all || c.given[command] {
		return nil
	}
	hint := "--allow-exec runs it without asking"
	if !c.d.terminal(c.d.err) {
		return withHint(vault.ErrPluginRefused, hint)
	}
	answer, err := c.d.ask(fmt.Sprintf("A key names this program, which would be run with your rights:\n  %s\nRun it? [y/N] ", kube.Printable(command)))
	if err != nil {
		return withHint(vault.ErrPluginRefused, hint)
	}
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return errNoConsent
	}
	c.given[command] = true
	return nil
}

// plugins runs age plugins that were agreed to.
func (c *consent) plugins() *vault.Plugins { return &vault.Plugins{Allow: c.ask, UI: c.d.pluginUI()} }

// ownPlugins runs those that the user's own default files name, as age does.
func (d *door) ownPlugins() *vault.Plugins {
	return &vault.Plugins{Allow: func(string) error { return nil }, UI: d.pluginUI()}
}

// typed agrees to what the user named on the command line itself.
func (c *consent) typed(recipients []vault.Recipient) {
	for _, r := range recipients {
		if command := r.PluginCommand(); command != "" {
			c.given[command] = true
		}
	}
}

// pluginUI lets plugins speak on the terminal. What they say comes from outside.
func (d *door) pluginUI() *plugin.ClientUI {
	say := func(name, text string) { fmt.Fprintf(d.err, "%s plugin: %s\n", name, kube.Printable(text)) }
	return &plugin.ClientUI{
		DisplayMessage: func(name, message string) error { say(name, message); return nil },
		RequestValue: func(name, prompt string, secret bool) (string, error) {
			prompt = fmt.Sprintf("%s plugin: %s: ", name, kube.Printable(prompt))
			if !secret {
				return d.ask(prompt)
			}
			value, err := d.askPass(prompt)
			return string(value), err
		},
		Confirm: func(name, prompt, yes, no string) (bool, error) {
			if no == "" {
				_, err := d.ask(fmt.Sprintf("%s plugin: %s (press enter for %q) ", name, kube.Printable(prompt), kube.Printable(yes)))
				return true, err
			}
			answer, err := d.ask(fmt.Sprintf("%s plugin: %s (1 for %q, 2 for %q) ", name, kube.Printable(prompt), kube.Printable(yes), kube.Printable(no)))
			if answer = strings.TrimSpace(answer); err == nil && answer != "1" && answer != "2" {
				err = errors.New("neither 1 nor 2")
			}
			return answer == "1", err
		},
		WaitTimer: func(name string) { say(name, "waiting for it, and it perhaps for you") },
	}
}
