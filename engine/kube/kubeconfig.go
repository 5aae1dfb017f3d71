package kube

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// ErrCommand says that a kubeconfig given by path would run a command that nobody
// has confirmed.
var ErrCommand = errors.New("a command of this file was not confirmed")

// FromKubeconfig returns how to reach the cluster of a context, and the context's
// name. Without a path the files are those of kubectl (KUBECONFIG, then the user's
// default, then the account of the pod it runs in), and commands for credentials
// run as kubectl runs them. With a path such a command is refused with ErrCommand,
// which names the exact command line, unless allowExec says that it was confirmed.
func FromKubeconfig(path, context string, allowExec bool) (*rest.Config, string, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = path
	rules.WarnIfAllMissing = false
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: context})
	operation := strings.TrimSpace("read kubeconfig " + line(path))
	raw, err := loader.RawConfig()
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", operation, oneLine(err))
	}
	name := context
	if name == "" {
		name = raw.CurrentContext
	}
	if path != "" && !allowExec {
		if command := commandOf(&raw, name); command != "" {
			return nil, "", fmt.Errorf("%s: context %s would run `%s`: %w", operation, Printable(name), Printable(command), ErrCommand)
		}
	}
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", operation, oneLine(err))
	}
	if path != "" && !allowExec && config.ExecProvider != nil {
		config.ExecProvider.PluginPolicy = api.PluginPolicy{PolicyType: api.PluginPolicyDenyAll}
	}
	if name == "" {
		name = "in-cluster"
	}
	return config, Printable(name), nil
}

// commandOf returns the command line that a context's user would run, "" if none.
func commandOf(raw *api.Config, context string) string {
	c := raw.Contexts[context]
	if c == nil {
		return ""
	}
	user := raw.AuthInfos[c.AuthInfo]
	if user == nil {
		return ""
	}
	if user.Exec != nil {
		words := []string{}
		for _, v := range user.Exec.Env {
			words = append(words, line(v.Name+"="+v.Value))
		}
		return strings.Join(append(words, line(strings.Join(append([]string{user.Exec.Command}, user.Exec.Args...), " "))), " ")
	}
	if user.AuthProvider != nil {
		return line(user.AuthProvider.Config["cmd-path"] + " " + user.AuthProvider.Config["cmd-args"])
	}
	return ""
}

// oneLine keeps what err is and makes what it says safe to print.
func oneLine(err error) error { return printableError{err} }

type printableError struct{ err error }

func (e printableError) Error() string { return line(e.err.Error()) }

func (e printableError) Unwrap() error { return e.err }
