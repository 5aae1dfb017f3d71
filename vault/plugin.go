package vault

import (
	"errors"
	"fmt"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

const pluginIdentityPrefix = "AGE-PLUGIN-"

// Plugins says whether age plugins may be run, and how they speak to the person at
// the keyboard. A plugin is a program age-plugin-NAME on the path, and NAME stands in
// the key: whoever wrote the key chooses the program.
type Plugins struct {
	// Allow is asked with the exact command line each time before it is run; an error
	// refuses. Without it every plugin is refused.
	Allow func(command string) error
	// UI shows a plugin's messages and asks what it wants to know. Its texts come from
	// outside.
	UI *plugin.ClientUI
}

// The outcomes of plugins that callers tell apart, with errors.Is.
var (
	// ErrPluginRefused: nobody allowed a plugin to be run.
	ErrPluginRefused = errors.New("it is not run without your consent")
	// ErrNoPlugin: the program of a plugin is not installed.
	ErrNoPlugin = errors.New("it is not installed, or not on the path")
)

// WithPlugins lets a vault that has recipients behind plugins run them when it is
// sealed. Opening is for the identities themselves: RunPlugins.
func WithPlugins(p *Plugins) Option { return func(o *settings) { o.plugins = p } }

// RunPlugins returns the identities with those that are reached through a plugin
// allowed to run it.
func RunPlugins(identities []age.Identity, p *Plugins) []age.Identity {
	all := make([]age.Identity, len(identities))
	for i, identity := range identities {
		if behind, is := identity.(*pluginIdentity); is {
			identity = &pluginIdentity{name: behind.name, text: behind.text, plugins: p}
		}
		all[i] = identity
	}
	return all
}

// Two state machines of age's plugin protocol.
const (
	sealing = "recipient-v1"
	opening = "identity-v1"
)

// PluginCommand is the command line that seals to a recipient, "" where none is run.
func (r Recipient) PluginCommand() string {
	if behind, is := r.key.(*pluginRecipient); is {
		return pluginCommand(behind.name, sealing)
	}
	return ""
}

func pluginCommand(name, machine string) string {
	return "age-plugin-" + name + " --age-plugin=" + machine
}

// run asks for consent and runs a plugin.
func (p *Plugins) run(name, machine string, with func(*plugin.ClientUI) error) error {
	command := pluginCommand(name, machine)
	if p == nil || p.Allow == nil {
		return fmt.Errorf("run `%s`: %w", command, ErrPluginRefused)
	}
	if err := p.Allow(command); err != nil {
		return fmt.Errorf("run `%s`: %w", command, err)
	}
	ui := p.UI
	if ui == nil {
		ui = &plugin.ClientUI{}
	}
	err := with(ui)
	var missing *plugin.NotFoundError
	if errors.As(err, &missing) {
		return fmt.Errorf("run `%s`: %w", command, ErrNoPlugin)
	}
	return err
}

// pluginIdentity opens files through a plugin, such as a hardware key.
type pluginIdentity struct {
	name, text string
	plugins    *Plugins
}

func parsePluginIdentity(text string) (*pluginIdentity, error) {
	name, _, err := plugin.ParseIdentity(text)
	if err != nil {
		return nil, errors.New("it is no identity of a plugin")
	}
	return &pluginIdentity{name: name, text: text}, nil
}

// Unwrap makes i an age.Identity.
func (i *pluginIdentity) Unwrap(stanzas []*age.Stanza) (key []byte, err error) {
	err = i.plugins.run(i.name, opening, func(ui *plugin.ClientUI) error {
		identity, err := plugin.NewIdentity(i.text, ui)
		if err != nil {
			return err
		}
		key, err = identity.Unwrap(stanzas)
		return err
	})
	return key, err
}

// pluginRecipient is sealed to through a plugin.
type pluginRecipient struct {
	name, text string
	plugins    *Plugins
}

func parsePluginRecipient(text string) (*pluginRecipient, error) {
	name, _, err := plugin.ParseRecipient(text)
	if err != nil {
		return nil, err
	}
	return &pluginRecipient{name: name, text: text}, nil
}

// Wrap makes r an age.Recipient.
func (r *pluginRecipient) Wrap(key []byte) ([]*age.Stanza, error) {
	stanzas, _, err := r.WrapWithLabels(key)
	return stanzas, err
}

// WrapWithLabels passes on what keeps unlike recipients apart.
func (r *pluginRecipient) WrapWithLabels(key []byte) (stanzas []*age.Stanza, labels []string, err error) {
	err = r.plugins.run(r.name, sealing, func(ui *plugin.ClientUI) error {
		recipient, err := plugin.NewRecipient(r.text, ui)
		if err != nil {
			return err
		}
		stanzas, labels, err = recipient.WrapWithLabels(key)
		return err
	})
	return stanzas, labels, err
}

// allowed returns recipients with those behind plugins allowed to run them.
func allowed(recipients []Recipient, p *Plugins) []Recipient {
	all := make([]Recipient, len(recipients))
	for i, r := range recipients {
		if behind, is := r.key.(*pluginRecipient); is {
			r.key = &pluginRecipient{name: behind.name, text: behind.text, plugins: p}
		}
		all[i] = r
	}
	return all
}
