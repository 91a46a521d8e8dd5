"""The scripts that bash, zsh and fish need for completion, and where they are put.

Each asks the program itself, in click's protocol: the words and the place of the cursor in the environment, one
proposal a line (or three) on standard output. `jupyter repro` is handled as `jupyter-repro`; in bash and zsh whatever
completed `jupyter` before goes on doing so for its other commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_repro.errors import ReproError

SHELLS = ("bash", "zsh", "fish")

_BASH = r"""# Completion of jupyter-repro and `jupyter repro` for bash.
_jupyter_repro_ask() {
    # $1 is the line up to the cursor, beginning with jupyter-repro. The line and not bash's own words are sent:
    # those fall apart at every '@', '=' and ':'.
    local line=$1 typed=${1##*[[:space:]]} word=${COMP_WORDS[COMP_CWORD]} answer kind value known='' answers
    [[ $line == *[[:space:]] ]] && line+="''"
    if [[ -n $word && -z ${word//[\"\'@><=;|&(:]/} ]]; then
        known=$typed
    elif [[ $typed == *"$word" ]]; then
        known=${typed%"$word"}
    fi
    COMPREPLY=()
    answers=$(COMP_WORDS=$line COMP_CWORD=-1 _JUPYTER_REPRO_COMPLETE=bash_complete jupyter-repro 2>/dev/null)
    while IFS= read -r answer; do
        kind=${answer%%,*}
        value=${answer#*,}
        case $kind in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain)
                [[ $value == */ ]] && compopt -o nospace 2>/dev/null
                printf -v value %q "$value"
                COMPREPLY+=("${value#"$known"}")
                ;;
        esac
    done <<<"$answers"
}
_jupyter_repro() {
    _jupyter_repro_ask "${COMP_LINE:0:COMP_POINT}"
}
_jupyter_repro_below_jupyter() {
    local line=${COMP_LINE:0:COMP_POINT}
    if [[ $line =~ ^[[:space:]]*[^[:space:]]+[[:space:]]+repro([[:space:]].*)$ ]]; then
        _jupyter_repro_ask "jupyter-repro${BASH_REMATCH[1]}"
    elif [[ -n ${_jupyter_repro_before:-} ]]; then
        "$_jupyter_repro_before" "$@"
    fi
}
complete -o nosort -F _jupyter_repro jupyter-repro 2>/dev/null || complete -F _jupyter_repro jupyter-repro
if [[ $(complete -p jupyter 2>/dev/null) =~ -F\ ([^ ]+) && ${BASH_REMATCH[1]} != _jupyter_repro_below_jupyter ]]; then
    _jupyter_repro_before=${BASH_REMATCH[1]}
fi
complete -o default -F _jupyter_repro_below_jupyter jupyter
"""

_ZSH = r"""#compdef jupyter-repro
# Completion of jupyter-repro and `jupyter repro` for zsh.
_jupyter_repro() {
    local -a answers plain described
    local kind value help answer i
    if [[ $words[1] == jupyter ]]; then
        if [[ $words[2] != repro || $CURRENT -le 2 ]]; then
            (( $+functions[$_jupyter_repro_before] )) && $_jupyter_repro_before "$@" || _default
            return
        fi
        shift words
        words[1]=jupyter-repro
        (( CURRENT-- ))
    fi
    answer=$(COMP_WORDS="${(F)words}" COMP_CWORD=$((CURRENT - 1)) \
        _JUPYTER_REPRO_COMPLETE=zsh_complete jupyter-repro 2>/dev/null)
    answers=("${(@f)answer}")
    for (( i = 1; i + 2 <= $#answers; i += 3 )); do
        kind=$answers[i] value=$answers[i+1] help=$answers[i+2]
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            *)
                if [[ $value == */ ]]; then
                    compadd -U -S '' -- "$value"
                elif [[ $help == _ ]]; then
                    plain+=("$value")
                else
                    # click has escaped the colons of the value already.
                    described+=("$value:$help")
                fi
                ;;
        esac
    done
    (( $#described )) && _describe -V 'jupyter-repro' described -U
    (( $#plain )) && compadd -U -V plain -a plain
    return 0
}
if ! (( $+functions[compdef] )); then
    autoload -Uz compinit && compinit -i
fi
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    # Found on fpath: this file is the function's body.
    _jupyter_repro "$@"
else
    typeset -g _jupyter_repro_before=${_jupyter_repro_before:-${_comps[jupyter]:-_default}}
    compdef _jupyter_repro jupyter-repro jupyter
fi
"""

_FISH = r"""# Completion of jupyter-repro and `jupyter repro` for fish.
function _jupyter_repro
    set -l words (commandline -opc)
    if test "$words[1]" = jupyter
        set words jupyter-repro $words[3..-1]
    end
    set -l line (string escape -- $words | string join ' ')
    set -l answers (env _JUPYTER_REPRO_COMPLETE=fish_complete COMP_WORDS="$line" COMP_CWORD=(commandline -t) \
        jupyter-repro 2>/dev/null)
    for answer in $answers
        set -l parts (string split -m 1 , -- $answer)
        switch $parts[1]
            case dir
                __fish_complete_directories (commandline -t)
            case file
                __fish_complete_path (commandline -t)
            case '*'
                echo $parts[2]
        end
    end
end
function _jupyter_repro_below_jupyter
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = repro
end
complete -c jupyter-repro -f -a '(_jupyter_repro)'
complete -c jupyter -n _jupyter_repro_below_jupyter -f -a '(_jupyter_repro)'
"""

SCRIPTS: Mapping[str, str] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@dataclass(frozen=True, slots=True)
class Installation:
    """Where a completion script goes: ``script`` itself, and the ``startup`` file that must read it, if any."""

    script: Path
    startup: Path | None

    @property
    def line(self) -> str:
        """What the start-up file gets."""
        path = str(self.script).replace("'", "'\\''")
        return f"[ -r '{path}' ] && . '{path}'  # completion of jupyter-repro"

    def install(self, text: str) -> bool:
        """Put everything in place. Returns False when it was so already; raises ``ReproError`` when it cannot be."""
        try:
            changed = not self.script.exists() or self.script.read_text() != text
            if changed:
                self.script.parent.mkdir(parents=True, exist_ok=True)
                self.script.write_text(text)
            return self._read_at_start() or changed
        except OSError as error:
            raise ReproError(
                f"Completion could not be put in place: {error.filename}: {error.strerror}. "
                "Make that writable, or save what 'jupyter-repro completion' prints where your shell finds it."
            ) from error

    def _read_at_start(self) -> bool:
        if self.startup is None:
            return False
        # Someone's start-up file may be in any encoding: bytes keep it as it is.
        before = self.startup.read_bytes() if self.startup.exists() else b""
        line = self.line.encode("utf-8", "surrogateescape")
        if line in before.splitlines():
            return False
        self.startup.parent.mkdir(parents=True, exist_ok=True)
        with self.startup.open("ab") as file:
            file.write((b"" if not before or before.endswith(b"\n") else b"\n") + line + b"\n")
        return True


def installation(shell: str, home: Path, environment: Mapping[str, str]) -> Installation:
    """Where the script for ``shell`` goes for the user whose home directory and environment these are."""
    if shell == "fish":
        config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
        # conf.d and not completions/: a file there is read only for the command of its name, and `jupyter` is another.
        return Installation(config / "fish" / "conf.d" / "jupyter-repro.fish", None)
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    script = data / "jupyter-repro" / f"completion.{shell}"
    if shell == "bash":
        return Installation(script, home / ".bashrc")
    return Installation(script, Path(environment.get("ZDOTDIR") or home) / ".zshrc")
