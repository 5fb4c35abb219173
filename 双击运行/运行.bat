@echo off
rem Double-click, or drop workbooks on this file: what comes of each is put beside it.
rem Only ASCII here: cmd reads a file by its own code page. All that is said in Chinese the program says.
setlocal
chcp 65001 >nul
set PYTHONUTF8=1
set "HERE=%~dp0"
set "RUN="
if exist "%HERE%..\.venv\Scripts\portfolio.exe" set RUN="%HERE%..\.venv\Scripts\portfolio.exe"
if defined RUN goto run
where portfolio >nul 2>nul
if not errorlevel 1 set RUN=portfolio
if defined RUN goto run
where py >nul 2>nul
if not errorlevel 1 set RUN=py -3 -m portfolio
if defined RUN goto run
where python >nul 2>nul
if not errorlevel 1 set RUN=python -m portfolio
if defined RUN goto run
echo Python and portfolio are not installed. See README.zh-CN.md.
pause
exit /b 9
:run
%RUN% start %*
set CODE=%ERRORLEVEL%
if %CODE% equ 0 goto done
echo.
echo [%CODE%]
:done
pause
exit /b %CODE%
