#!/bin/sh
# Run with workbooks, or double-click: what comes of each is put beside it.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
export PYTHONUTF8=1
if [ $# -eq 0 ] && [ -t 0 ]; then
    printf '把工作簿拖到这个窗口里再按回车（直接按回车用默认的工作簿）：'
    read -r dropped
    # A terminal writes a dropped path in quotes, or with a backslash before each blank.
    dropped=$(printf '%s' "$dropped" | sed -e "s/^ *'\\(.*\\)' *\$/\\1/" -e 's/\\\(.\)/\1/g' -e 's/ *$//')
    [ -n "$dropped" ] && set -- "$dropped"
fi
if [ -x "$here/../.venv/bin/portfolio" ]; then
    "$here/../.venv/bin/portfolio" start "$@"
elif command -v portfolio >/dev/null 2>&1; then
    portfolio start "$@"
elif command -v python3 >/dev/null 2>&1 && python3 -c 'import portfolio' 2>/dev/null; then
    python3 -m portfolio start "$@"
else
    echo "没有找到 portfolio：请先按 README.zh-CN.md 安装（在本文件夹的上一级建 .venv 并安装）。" >&2
    code=9
fi
code=${code:-$?}
if [ -t 0 ]; then
    printf '按回车键关闭…'
    read -r _
fi
exit "$code"
